"""Changed offers: alerts of what is over stop, who was alerted or holds the case is told."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from services.notify.codes import store as codes
from services.notify.codes.store import Wanted
from services.notify.delivery import alert_outcomes
from services.notify.delivery.courtesies import courtesy, tell_endings
from services.notify.delivery.model import DropReason, Kind, Message, Offer, ending
from services.notify.delivery.store import alerts, messages, offers
from services.notify.delivery.store.messages import Alerted
from services.notify.deps import Deps
from services.notify.people import store as people
from shared.db import Tx
from shared.events import Event
from shared.events.referral import OfferChanged
from shared.events.words import CONTACT_DUE, HELD, OPEN, FailReason, OfferStatus

log = structlog.get_logger()

DUE = "contact-due"
OVERDUE = frozenset({FailReason.NO_CONTACT, FailReason.REVIEW_OVERDUE})
"""Why an offer failed whose case holder had done nothing by the deadline."""
BY_SOMEBODY = HELD | {OfferStatus.COMPLETED}
"""An offer is, or was, in somebody's hands."""
WITHDRAWN = frozenset({OfferStatus.CANCELLED, OfferStatus.ENTERED_IN_ERROR})
"""It never was, or may not be any more: nothing of it is to stay with whoever had it."""


async def on_offers_changed(deps: Deps, tx: Tx, events: Sequence[Event[OfferChanged]]) -> None:
    """Follows offers: stops alerts of those that are over, and tells those who were alerted."""
    for event in events:
        deps.exclusions.wait_for_key(event.body.excluded_people)
    held = await offers.lock(tx, [event.body.offer_id for event in events])
    changed: list[tuple[Offer, Event[OfferChanged]]] = []
    for event in events:
        known = held.get(event.body.offer_id)
        if known is None or event.aggregate_version >= known.version:
            changed.append((_changed(known, event, event.body), event))
            continue
        log.info("offer.older", offer_id=known.offer_id, aggregate_version=event.aggregate_version)
    await offers.save(tx, [offer for offer, _ in changed])
    over = {offer_id for offer_id, known in held.items() if not known.answerable}
    again = [offer.offer_id for offer, _ in changed if offer.answerable and offer.offer_id in over]
    await codes.reopen(tx, again)
    await codes.close(tx, [offer.offer_id for offer, _ in changed if not offer.answerable])
    for offer, event in changed:
        with tx.because(event):
            await _tell(deps, tx, offer, event, event.body)
            before = held.get(offer.offer_id)
            if {event.body.before, event.body.after} & BY_SOMEBODY:
                await _tell_holders(deps, tx, offer, before.holder if before else None, event)


async def _tell(
    deps: Deps, tx: Tx, offer: Offer, event: Event[OfferChanged], body: OfferChanged
) -> None:
    if body.after not in OPEN:
        await messages.cancel(tx, offer.offer_id, DropReason.OFFER_OVER)
    template = ending(body.before, body.after)
    if template is not None:
        acting = {body.person, event.act.actor if event.act else None}
        alerted = await messages.end_alerts(tx, offer.offer_id)
        others = _others(alerted, acting)
        await tell_endings(deps, tx, [(offer, template, each) for each in others])
    if body.after not in OPEN:
        unsettled = await alerts.unsettled(tx, offer.offer_id)
        await alert_outcomes.settle(tx, dict.fromkeys(unsettled))


def _changed(held: Offer | None, event: Event[OfferChanged], body: OfferChanged) -> Offer:
    """The offer after this event. What it leaves out stays as it was."""
    return Offer(
        offer_id=body.offer_id,
        incident_id=body.incident_id,
        service_request_id=body.service_request_id,
        organisation=body.organisation,
        status=body.after,
        version=event.aggregate_version,
        deadline=body.deadline if body.after in OPEN else None,
        holder=body.person or (held.holder if held else None),
        excluded_people=body.excluded_people or (held.excluded_people if held else None),
        public_id=body.public_id or (held.public_id if held else None),
    )


def _others(alerted: Iterable[Alerted], acting: Iterable[str | None]) -> list[Alerted]:
    """One for each person who was alerted and did not act: by SMS, if they had one."""
    chosen: dict[str, Alerted] = {}
    for each in sorted(alerted, key=lambda one: one.channel, reverse=True):
        if each.staff_id not in acting:
            chosen.setdefault(each.staff_id, each)
    return list(chosen.values())


async def _tell_holders(
    deps: Deps, tx: Tx, offer: Offer, before: str | None, event: Event[OfferChanged]
) -> None:
    """Whoever holds the case, or did, and has not done this themselves.

    When consent was withdrawn, or it was entered in error, they must delete their copies. Others
    may make somebody the holder, and then the one ``before`` holds it no more. They are reminded of
    a deadline, and told when the case went on without them.
    """
    body, holder = event.body, offer.holder
    if holder and body.after in HELD and body.reason == CONTACT_DUE:
        await _tell_person(deps, tx, offer, holder, DUE, body.deadline)
    actor = event.act.actor if event.act else None
    if holder and body.after is OfferStatus.FAILED and actor != holder:
        template = "contact-over" if body.reason in OVERDUE else "offer-cancelled"
        await _tell_person(deps, tx, offer, holder, template)
    if holder and body.after in WITHDRAWN:
        await _tell_person(deps, tx, offer, holder, "withdrawn-delete-copies")
    if body.after not in HELD or event.act is None:
        return
    if holder and holder != event.act.actor:
        await _tell_person(deps, tx, offer, holder, "handed-over", body.deadline)
    if body.before in HELD and before not in (None, holder, event.act.actor):
        await _tell_person(deps, tx, offer, str(before), "taken")


async def _tell_person(
    deps: Deps,
    tx: Tx,
    offer: Offer,
    staff_id: str,
    template: str,
    instant: datetime | None = None,
) -> None:
    """By every channel they have."""
    known = (await people.by_id(tx, [staff_id])).get(staff_id)
    await codes.issue(tx, deps.codes, [Wanted(offer.offer_id, staff_id, offer.answerable)])
    told = [
        (
            _due(replace(courtesy(tx, offer, template, staff_id, channel), instant=instant)),
            f"{template}:{offer.offer_id}:{offer.version}:{channel}",
        )
        for channel in (known.channels if known else ())
    ]
    await messages.add(tx, told)


def _due(message: Message) -> Message:
    """A reminder goes ahead of all news, and not once its deadline has passed."""
    if message.template != DUE or message.instant is None:
        return message
    return replace(message, kind=Kind.NOTICE, valid_until=message.instant)
