"""What referral does about each event: load, decide, save, emit. No rule stands here."""

from services.referral import store
from services.referral.desk import Desk
from services.referral.model.answers import Judged, Said, judge
from services.referral.model.clockwork import tick
from services.referral.model.consent import withdraw
from services.referral.model.course import Course
from services.referral.model.ladder import climb, could_not_tell, reopen
from services.referral.model.values import OPEN, Permission, ServiceRequest
from services.referral.rules import Rules
from shared.db import Tx
from shared.errors import Unprocessable
from shared.events import Act, Event, intake, notify
from shared.events.referral import AnswerJudged
from shared.events.words import Fulfilment, ServiceRequestStatus, UnreachableReason


async def on_incident_reported(
    rules: Rules, tx: Tx, event: Event[intake.IncidentReported], body: intake.IncidentReported
) -> None:
    """Opens one service request per need; those that something permits are matched at once."""
    for need in body.needs:
        if await store.by_need(tx, body.incident_id, need.need_id) is not None:
            continue
        opened = _opened(rules, tx, body, need)
        desk = await Desk.of(tx, rules, opened)
        course = Course(opened, desk.world)
        if need.permissions:
            course.progress(status=ServiceRequestStatus.ACTIVE)
            climb(course)
        await desk.settle(course.decision(), event.act)


def _opened(
    rules: Rules, tx: Tx, body: intake.IncidentReported, need: intake.Need
) -> ServiceRequest:
    return ServiceRequest(
        id=tx.ids.new(),
        incident_id=body.incident_id,
        need_id=need.need_id,
        service_type=need.service_type,
        urgency=need.urgency,
        territory=body.territory,
        status=ServiceRequestStatus.DRAFT,
        fulfilment=Fulfilment.UNMATCHED,
        policy=rules.policy(need.service_type, need.urgency),
        opened_at=tx.now,
        age_band=body.age_band,
        language=body.language,
        permissions=_permissions(need.permissions),
        children=tuple((child.band, child.count) for child in body.children),
        access_needs=body.access_needs,
        act_within=need.act_within,
        excluded_organisations=body.excluded_organisations,
        excluded_places=body.excluded_places,
        excluded_people=body.excluded_people,
        excluded_staff=body.excluded_staff,
        reported_by=body.reported_by,
        directory_change=rules.directory.change,
    )


def _permissions(given: tuple[intake.Permission, ...]) -> tuple[Permission, ...]:
    return tuple(
        Permission(each.consent_id, each.recipient_kind, each.organisation, each.until)
        for each in given
    )


async def on_consent_withdrawn(
    rules: Rules, tx: Tx, event: Event[intake.ConsentWithdrawn], body: intake.ConsentWithdrawn
) -> None:
    """Ends whatever nothing permits any more."""
    request = await store.by_need(tx, body.incident_id, body.need_id)
    if request is None:
        raise Unprocessable("a consent was withdrawn for a need that was never opened")
    desk = await Desk.of(tx, rules, request)
    decision = withdraw(request, _permissions(body.permissions_left), desk.world)
    await desk.settle(decision, event.act)


async def on_alert_sent(
    rules: Rules, tx: Tx, _event: Event[notify.AlertSent], body: notify.AlertSent
) -> None:
    """Somebody was really told: the candidate's turn counts."""
    request = await _of_offer(tx, body.offer_id)
    offer = request.offer(body.offer_id)
    if offer is None or offer.told:
        return
    desk = await Desk.of(tx, rules, request)
    course = Course(request, desk.world)
    course.amend(offer, told=True)
    await desk.settle(course.decision())


async def on_alert_unreachable(
    rules: Rules, tx: Tx, _event: Event[notify.AlertUnreachable], body: notify.AlertUnreachable
) -> None:
    """Nobody could be told: the next step is taken now, not at the deadline."""
    request = await _of_offer(tx, body.offer_id)
    offer = request.offer(body.offer_id)
    if offer is None or offer.status not in OPEN or offer.alert_id != body.alert_id:
        return
    if body.reason is UnreachableReason.TOO_LATE:
        return  # its own deadline is past, and the clock has it in hand
    desk = await Desk.of(tx, rules, request)
    course = Course(request, desk.world)
    whole = body.reason is UnreachableReason.UNIT_EXCLUDED
    could_not_tell(course, offer, whole_organisation=whole)
    await desk.settle(course.decision())


async def on_answer_received(
    rules: Rules, tx: Tx, event: Event[notify.AnswerReceived], body: notify.AnswerReceived
) -> None:
    """Judges an answer that came by SMS or mail, and says what became of it."""
    request = await _of_offer(tx, body.offer_id)
    offer = request.offer(body.offer_id)
    if offer is None or event.act is None:
        raise Unprocessable("an answer without its offer, or without the act behind it")
    desk = await Desk.of(tx, rules, request)
    said = Said(event.act.actor, event.act.received_at)
    judged = judge(request, offer, body.answer, said, desk.world, body.reason)
    if judged.decision is not None:
        request = await desk.settle(judged.decision, event.act)
    _tell(tx, request, body, judged, event.act)


def _tell(
    tx: Tx, request: ServiceRequest, body: notify.AnswerReceived, judged: Judged, act: Act
) -> None:
    first = judged.first.answered_at if judged.first else None
    tx.emit(
        AnswerJudged(
            incident_id=request.incident_id,
            offer_id=body.offer_id,
            answer_id=body.answer_id,
            answer=body.answer,
            judgement=judged.judgement,
            staff_id=act.actor,
            first_at=first,
            excluded_people=request.excluded_people,
        ),
        subject=request.id,
        version=request.version,
        act=act,
    )


async def on_due(rules: Rules, tx: Tx, request: ServiceRequest) -> None:
    """The clock reached a service request."""
    desk = await Desk.of(tx, rules, request)
    decision = tick(request, desk.world)
    if decision is not None:
        await desk.settle(decision)


async def on_directory_changed(rules: Rules, tx: Tx, request: ServiceRequest) -> None:
    """An exhausted service request is tried again with a directory it has not seen."""
    desk = await Desk.of(tx, rules, request)
    course = Course(request, desk.world)
    reopen(course)
    await desk.settle(course.decision())


async def _of_offer(tx: Tx, offer_id: str) -> ServiceRequest:
    request = await store.by_offer(tx, offer_id)
    if request is None:
        raise Unprocessable("no such offer")
    return request
