"""Incidents that intake reported, consents given later and withdrawn: load, decide, save, emit.

The consumer gives all events of a type at once, of incidents that differ: whatever they need is
loaded together and saved together. No rule stands here.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.referral.deps import Deps
from services.referral.model.consent import give, withdraw
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
        (event, need, _opened(deps, tx, event, need, public_id))
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
    deps: Deps,
    tx: Tx,
    event: Event[intake.IncidentReported],
    need: intake.Need,
    public_id: str,
) -> ServiceRequest:
    body = event.body
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
        permitted_as_of=event.aggregate_version,
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


async def on_consents_given(
    deps: Deps, tx: Tx, events: Sequence[Event[intake.ConsentGiven]]
) -> None:
    """Refers what waited for a consent; a need that was not opened yet is opened for it.

    One that the bus brought late, behind a later word on the same need, has no effect.
    """
    there = await requests.by_incidents(tx, {event.body.incident_id for event in events})
    known = {(each.incident_id, each.need_id): each for each in there}
    beside = {each.incident_id: each for each in there}
    needs = [(event.body.incident_id, event.body.need.need_id) for event in events]
    named = iter(await public_ids.claim(tx, sum(need not in known for need in needs)))
    for event, need in zip(events, needs, strict=True):
        if event.body.incident_id not in beside:
            raise Unprocessable("a consent was given for an incident that was never opened")
        if need not in known:
            sibling = beside[event.body.incident_id]
            known[need] = _beside(deps, tx, sibling, event.body.need, next(named))
    loaded = [each for each in there if (each.incident_id, each.need_id) in needs]
    new = [known[need] for need in needs if known[need].version == 0]
    work = await UnitOfWork.of(tx, deps, new=new, loaded=loaded)
    for event, need in zip(events, needs, strict=True):
        request = known[need]
        if event.aggregate_version < request.permitted_as_of:
            continue
        request = replace(request, permitted_as_of=event.aggregate_version)
        permissions = _permissions(event.body.need.permissions)
        with tx.because(event):
            work.settle(give(request, permissions, work.context(request)), event.act)
    await work.save()


def _beside(
    deps: Deps, tx: Tx, sibling: ServiceRequest, need: intake.Need, public_id: str
) -> ServiceRequest:
    """A need that was asked for later, of the incident of another one."""
    return ServiceRequest(
        id=tx.ids.new(),
        public_id=public_id,
        incident_id=sibling.incident_id,
        need_id=need.need_id,
        service_type=need.service_type,
        urgency=need.urgency,
        territory=sibling.territory,
        status=ServiceRequestStatus.DRAFT,
        fulfilment=Fulfilment.UNMATCHED,
        policy=deps.policy(need.service_type, need.urgency),
        opened_at=tx.now,
        age_band=sibling.age_band,
        language=sibling.language,
        children=sibling.children,
        access_needs=sibling.access_needs,
        act_within=need.act_within,
        excluded_organisations=sibling.excluded_organisations,
        excluded_places=sibling.excluded_places,
        excluded_people=sibling.excluded_people,
        excluded_staff=sibling.excluded_staff,
        excluded_digests=sibling.excluded_digests,
        reported_by=sibling.reported_by,
        directory_change=deps.directory.change,
    )


async def on_consents_withdrawn(
    deps: Deps, tx: Tx, events: Sequence[Event[intake.ConsentWithdrawn]]
) -> None:
    """Ends whatever nothing permits any more; one that came late has no effect."""
    needs = [(event.body.incident_id, event.body.need_id) for event in events]
    known = await requests.by_needs(tx, needs)
    work = await UnitOfWork.of(tx, deps, loaded=known.values())
    for event, need in zip(events, needs, strict=True):
        if need not in known:
            raise Unprocessable("a consent was withdrawn for a need that was never opened")
        request = work.requests[known[need].id]
        if event.aggregate_version < request.permitted_as_of:
            continue
        request = replace(request, permitted_as_of=event.aggregate_version)
        decision = withdraw(
            request, _permissions(event.body.permissions_left), work.context(request)
        )
        with tx.because(event):
            work.settle(decision, event.act)
    await work.save()
