"""Incidents that intake reported, and consents withdrawn: load, decide, save, emit.

The consumer gives all events of a type at once, of incidents that differ: whatever they need is
loaded together and saved together. No rule stands here.
"""

from collections.abc import Sequence

from services.referral.deps import Deps
from services.referral.model.consent import withdraw
from services.referral.model.decision import DecisionBuilder
from services.referral.model.ladder import NO_CONSENT, NOT_PERMITTED, climb
from services.referral.model.service_request import Permission, ServiceRequest
from services.referral.store import public_ids, requests
from services.referral.unit_of_work import UnitOfWork
from shared.db import Tx
from shared.errors import Unprocessable
from shared.events import Event, intake
from shared.events.words import Fulfilment, ServiceRequestStatus, Urgency


async def on_incidents_reported(
    deps: Deps, tx: Tx, events: Sequence[Event[intake.IncidentReported]]
) -> None:
    """Opens one service request per need; those that something permits are matched at once.

    Whoever is at the highest risk is matched first. Of an incident in which nothing is permitted a
    coordinator hears, once: no clock would ever wake anybody.
    """
    needs = [(event, need) for event in events for need in event.body.needs]
    known = await requests.by_needs(
        tx, [(event.body.incident_id, need.need_id) for event, need in needs]
    )
    new = [each for each in needs if (each[0].body.incident_id, each[1].need_id) not in known]
    new.sort(key=lambda each: each[1].urgency.rank)
    named = await public_ids.claim(tx, len(new))
    opened = [
        (event, need, _opened(deps, tx, event.body, need, public_id))
        for (event, need), public_id in zip(new, named, strict=True)
    ]
    work = await UnitOfWork.of(tx, deps, new=[request for *_, request in opened])
    for event, need, request in opened:
        builder = DecisionBuilder(request, work.context(request))
        if need.permissions:
            builder.progress(status=ServiceRequestStatus.ACTIVE)
            climb(builder)
        elif need is event.body.needs[0] and _nobody_may_be_asked(event.body):
            emergency = event.body.urgency is Urgency.IMMEDIATE
            builder.notice(NOT_PERMITTED if emergency else NO_CONSENT, request.incident_id)
        with tx.because(event):
            work.settle(builder.decision(), event.act)
    await work.save()


def _nobody_may_be_asked(body: intake.IncidentReported) -> bool:
    """Whether it waits for a consent alone, whatever its urgency."""
    return not any(need.permissions for need in body.needs)


def _opened(
    deps: Deps, tx: Tx, body: intake.IncidentReported, need: intake.Need, public_id: str
) -> ServiceRequest:
    return ServiceRequest(
        id=tx.ids.new(),
        public_id=public_id,
        incident_id=body.incident_id,
        need_id=need.need_id,
        service_type=need.service_type,
        urgency=need.urgency,
        territory=body.territory,
        status=ServiceRequestStatus.DRAFT,
        fulfilment=Fulfilment.UNMATCHED,
        policy=deps.policy(need.service_type, need.urgency),
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
        excluded_digests=body.excluded_digests or (),
        reported_by=body.reported_by,
        directory_change=deps.directory.change,
    )


def _permissions(given: tuple[intake.Permission, ...]) -> tuple[Permission, ...]:
    return tuple(
        Permission(each.consent_id, each.recipient_kind, each.organisation, each.until)
        for each in given
    )


async def on_consents_withdrawn(
    deps: Deps, tx: Tx, events: Sequence[Event[intake.ConsentWithdrawn]]
) -> None:
    """Ends whatever nothing permits any more."""
    needs = [(event.body.incident_id, event.body.need_id) for event in events]
    known = await requests.by_needs(tx, needs)
    work = await UnitOfWork.of(tx, deps, loaded=known.values())
    for event, need in zip(events, needs, strict=True):
        if need not in known:
            raise Unprocessable("a consent was withdrawn for a need that was never opened")
        request = work.requests[known[need].id]
        decision = withdraw(
            request, _permissions(event.body.permissions_left), work.context(request)
        )
        with tx.because(event):
            work.settle(decision, event.act)
    await work.save()
