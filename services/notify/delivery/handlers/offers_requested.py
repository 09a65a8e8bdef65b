"""Requested offers: who is on duty is found, and their alerts are queued.

All offers of a batch are taken together: their organisations' rosters and people are read once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.notify.codes import store as codes
from services.notify.codes.store import Wanted
from services.notify.delivery import alert_outcomes
from services.notify.delivery.model import Candidate, Kind, Message, Offer, whom_to_alert
from services.notify.delivery.store import alerts, messages, offers
from services.notify.deps import Deps
from services.notify.rosters.serving import Staff
from shared.db import Tx
from shared.events import Event
from shared.events.referral import OfferRequested
from shared.events.words import OPEN, OfferStatus, UnreachableReason


async def on_offers_requested(deps: Deps, tx: Tx, events: Sequence[Event[OfferRequested]]) -> None:
    """Alerts whoever is on duty; if nobody can be alerted, says so at once."""
    held = await offers.lock(tx, [event.body.offer_id for event in events])
    moved_on = {
        offer_id
        for event in events
        if (offer_id := event.body.offer_id) in held
        and event.aggregate_version < held[offer_id].version
    }
    asked_of = {
        event.body.offer_id: _requested(held.get(event.body.offer_id), event)
        for event in events
        if event.body.offer_id not in moved_on
    }
    await offers.save(tx, asked_of.values())
    over = [each for each in asked_of if each in held and not held[each].answerable]
    await codes.reopen(tx, over)
    fresh = await alerts.new(tx, [event.body for event in events])
    asked = [event for event in events if event.body.alert_id in fresh]
    staff = await Staff.of(tx, [event.body.organisation for event in asked], deps.days)
    batch = Batch()
    for event in asked:
        with tx.because(event):
            if event.body.offer_id in moved_on:
                await _moved_on(deps, tx, held[event.body.offer_id], event.body, staff)
            else:
                await _alert(deps, tx, asked_of[event.body.offer_id], event.body, staff, batch)
    await codes.issue(tx, deps.codes, batch.codes)
    await messages.add(tx, batch.messages)


def _requested(held: Offer | None, event: Event[OfferRequested]) -> Offer:
    """The offer after this event. One that was seen already stays seen when a tier is added."""
    body = event.body
    return Offer(
        offer_id=body.offer_id,
        incident_id=body.incident_id,
        service_request_id=body.service_request_id,
        organisation=body.organisation,
        status=held.status if held and held.status in OPEN else OfferStatus.REQUESTED,
        version=event.aggregate_version,
        deadline=body.deadline,
        excluded_people=body.excluded_people or (held.excluded_people if held else None),
        territory=body.territory,
        public_id=body.public_id or (held.public_id if held else None),
    )


@dataclass(slots=True)
class Batch:
    """What a batch of offers leads to, to be written at once."""

    codes: list[Wanted] = field(default_factory=list)
    messages: list[tuple[Message, str]] = field(default_factory=list)


async def _moved_on(deps: Deps, tx: Tx, held: Offer, body: OfferRequested, staff: Staff) -> None:
    """The offer is another by now. Whoever may have it must hear all the same if they may not."""
    excluded = deps.exclusions.read(body.excluded_people or held.excluded_people)
    if deps.exclusions.hits_unit(excluded, staff.members.get(held.organisation, [])):
        [alert] = await alerts.lock(tx, [body.alert_id])
        await alert_outcomes.unreachable(tx, alert, UnreachableReason.UNIT_EXCLUDED)
        return
    await alert_outcomes.settle(tx, {body.alert_id: None})


async def _alert(
    deps: Deps, tx: Tx, offer: Offer, body: OfferRequested, staff: Staff, batch: Batch
) -> None:
    chosen = _choose(deps, tx, offer, body, staff)
    if isinstance(chosen, UnreachableReason):
        [alert] = await alerts.lock(tx, [body.alert_id])
        await alert_outcomes.unreachable(tx, alert, chosen)
        return
    for each in chosen:
        batch.codes.append(Wanted(offer.offer_id, each.staff_id, offer.answerable))
        for channel in each.channels:
            message = _message(tx, offer, body, each.staff_id, channel)
            key = f"alert:{body.alert_id}:{each.staff_id}:{channel}"
            batch.messages.append((message, key))


def _choose(
    deps: Deps, tx: Tx, offer: Offer, body: OfferRequested, staff: Staff
) -> tuple[Candidate, ...] | UnreachableReason:
    excluded = deps.exclusions.read(offer.excluded_people)
    serving = staff.serving(offer.organisation, body.tier)
    members = staff.members.get(offer.organisation, [])
    return whom_to_alert(
        [
            Candidate(each.staff_id, each.channels, deps.exclusions.hits(excluded, each))
            for each in serving
        ],
        unit_excluded=deps.exclusions.hits_unit(excluded, members),
        in_time=tx.now < body.deadline,
    )


def _message(tx: Tx, offer: Offer, body: OfferRequested, staff_id: str, channel: str) -> Message:
    return Message(
        message_id=tx.ids.new(),
        kind=Kind.ALERT,
        template=f"alert-{body.urgency}",
        channel=channel,
        staff_id=staff_id,
        urgency=body.urgency,
        valid_until=body.deadline,
        incident_id=body.incident_id,
        offer_id=offer.offer_id,
        alert_id=body.alert_id,
        instant=body.deadline,
        excluded_people=body.excluded_people,
        public_id=offer.public_id,
    )
