"""What referral does about events: load, decide, save, emit. No rule stands here.

The consumer gives all events of a type at once, of incidents that differ: whatever they need is
loaded together and saved together.
"""

from collections.abc import Sequence

from services.referral.deps import Rules
from services.referral.model.answers import Judged, Said, judge
from services.referral.model.consent import withdraw
from services.referral.model.decision import Course
from services.referral.model.ladder import NOT_PERMITTED, climb, could_not_tell, exclude, reopen
from services.referral.model.service_request import OPEN, Permission, ServiceRequest
from services.referral.model.timeouts import tick
from services.referral.store import requests
from services.referral.unit_of_work import Desk
from shared.db import Tx
from shared.errors import Unprocessable
from shared.events import Act, Event, intake, notify
from shared.events.referral import AnswerJudged
from shared.events.words import Fulfilment, ServiceRequestStatus, UnreachableReason, Urgency

AboutOffers = (
    Sequence[Event[notify.AlertSent]]
    | Sequence[Event[notify.AlertUnreachable]]
    | Sequence[Event[notify.AnswerReceived]]
)


async def on_incidents_reported(
    rules: Rules, tx: Tx, events: Sequence[Event[intake.IncidentReported]]
) -> None:
    """Opens one service request per need; those that something permits are matched at once.

    Whoever is at the highest risk is matched first. Of an emergency in which nothing is permitted a
    coordinator hears, once.
    """
    needs = [(event, need) for event in events for need in event.body.needs]
    known = await requests.by_needs(
        tx, [(event.body.incident_id, need.need_id) for event, need in needs]
    )
    opened = [
        (event, need, _opened(rules, tx, event.body, need))
        for event, need in sorted(needs, key=lambda each: each[1].urgency.rank)
        if (event.body.incident_id, need.need_id) not in known
    ]
    desk = await Desk.of(tx, rules, new=[request for *_, request in opened])
    for event, need, request in opened:
        course = Course(request, desk.world(request))
        if need.permissions:
            course.progress(status=ServiceRequestStatus.ACTIVE)
            climb(course)
        elif need is event.body.needs[0] and _nobody_may_be_asked(event.body):
            course.notice(NOT_PERMITTED, request.incident_id)
        with tx.because(event):
            desk.settle(course.decision(), event.act)
    await desk.save()


def _nobody_may_be_asked(body: intake.IncidentReported) -> bool:
    """Whether it is an emergency that waits for a consent alone, and no clock will wake anybody."""
    return body.urgency is Urgency.IMMEDIATE and not any(need.permissions for need in body.needs)


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


async def on_consents_withdrawn(
    rules: Rules, tx: Tx, events: Sequence[Event[intake.ConsentWithdrawn]]
) -> None:
    """Ends whatever nothing permits any more."""
    needs = [(event.body.incident_id, event.body.need_id) for event in events]
    known = await requests.by_needs(tx, needs)
    desk = await Desk.of(tx, rules, loaded=known.values())
    for event, need in zip(events, needs, strict=True):
        if need not in known:
            raise Unprocessable("a consent was withdrawn for a need that was never opened")
        request = desk.requests[known[need].id]
        decision = withdraw(request, _permissions(event.body.permissions_left), desk.world(request))
        with tx.because(event):
            desk.settle(decision, event.act)
    await desk.save()


async def on_alerts_sent(rules: Rules, tx: Tx, events: Sequence[Event[notify.AlertSent]]) -> None:
    """Somebody was really told: the candidate's turn counts."""
    desk, cases = await _of_offers(rules, tx, events)
    for event in events:
        request = desk.requests[cases[event.body.offer_id]]
        offer = request.offer(event.body.offer_id)
        if offer is None or offer.told:
            continue
        course = Course(request, desk.world(request))
        course.amend(offer, told=True)
        with tx.because(event):
            desk.settle(course.decision())
    await desk.save()


async def on_alerts_unreachable(
    rules: Rules, tx: Tx, events: Sequence[Event[notify.AlertUnreachable]]
) -> None:
    """Nobody could be told: the next step is taken now, not at the deadline.

    That a unit is excluded holds whatever became of the offer meanwhile; the rest is about what is
    still asked. Of one too late its own deadline is past, and the clock has it in hand.
    """
    desk, cases = await _of_offers(rules, tx, events)
    for event in events:
        request = desk.requests[cases[event.body.offer_id]]
        offer = request.offer(event.body.offer_id)
        if offer is None:
            continue
        stale = offer.status not in OPEN or offer.alert_id != event.body.alert_id
        course = Course(request, desk.world(request))
        if event.body.reason is UnreachableReason.UNIT_EXCLUDED:
            exclude(course, offer.organisation)
        elif not stale and event.body.reason is not UnreachableReason.TOO_LATE:
            could_not_tell(course, offer)
        if course.request is request:
            continue
        with tx.because(event):
            desk.settle(course.decision())
    await desk.save()


async def on_answers_received(
    rules: Rules, tx: Tx, events: Sequence[Event[notify.AnswerReceived]]
) -> None:
    """Judges answers that came by SMS or mail, and says what became of them."""
    desk, cases = await _of_offers(rules, tx, events)
    for event in events:
        request = desk.requests[cases[event.body.offer_id]]
        offer = request.offer(event.body.offer_id)
        if offer is None or event.act is None:
            raise Unprocessable("an answer without its offer, or without the act behind it")
        said = Said(event.act.actor, event.act.received_at)
        body = event.body
        judged = judge(request, offer, body.answer, said, desk.world(request), body.reason)
        with tx.because(event):
            if judged.decision is not None:
                request = desk.settle(judged.decision, event.act)
            _tell(tx, request, body, judged, event.act)
    await desk.save()


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
    desk = await Desk.of(tx, rules, loaded=[request])
    decision = tick(request, desk.world(request))
    if decision is not None:
        desk.settle(decision)
    await desk.save()


async def on_directory_changed(rules: Rules, tx: Tx, request: ServiceRequest) -> None:
    """An exhausted service request is tried again with a directory it has not seen."""
    desk = await Desk.of(tx, rules, loaded=[request])
    course = Course(request, desk.world(request))
    reopen(course)
    desk.settle(course.decision())
    await desk.save()


async def _of_offers(rules: Rules, tx: Tx, events: AboutOffers) -> tuple[Desk, dict[str, str]]:
    """A desk with the cases of these offers, and the id of each offer's case."""
    cases = await requests.by_offers(tx, [event.body.offer_id for event in events])
    if any(event.body.offer_id not in cases for event in events):
        raise Unprocessable("no such offer")
    desk = await Desk.of(tx, rules, loaded=cases.values())
    return desk, {offer: request.id for offer, request in cases.items()}
