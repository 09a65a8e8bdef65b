"""Alerts that notify sent, or could not send: whether the people of an offer were really told."""

from collections.abc import Sequence

from services.referral.deps import Deps
from services.referral.model.decision import DecisionBuilder
from services.referral.model.ladder import could_not_tell, exclude
from services.referral.unit_of_work import UnitOfWork
from shared.db import Tx
from shared.events import Event, notify
from shared.events.words import OPEN, UnreachableReason


async def on_alerts_sent(deps: Deps, tx: Tx, events: Sequence[Event[notify.AlertSent]]) -> None:
    """Somebody was really told: the candidate's turn counts."""
    work, cases = await UnitOfWork.of_offers(tx, deps, [event.body.offer_id for event in events])
    for event in events:
        request = work.requests[cases[event.body.offer_id]]
        offer = request.offer(event.body.offer_id)
        if offer is None or offer.told:
            continue
        builder = DecisionBuilder(request, work.context(request))
        builder.amend(offer, told=True, told_at=event.body.sent_at)
        with tx.because(event):
            work.settle(builder.decision())
    await work.save()


async def on_alerts_unreachable(
    deps: Deps, tx: Tx, events: Sequence[Event[notify.AlertUnreachable]]
) -> None:
    """Nobody could be told: the next step is taken now, not at the deadline.

    That a unit is excluded holds whatever became of the offer meanwhile; the rest is about what is
    still asked. Of one too late its own deadline is past, and the clock has it in hand.
    """
    work, cases = await UnitOfWork.of_offers(tx, deps, [event.body.offer_id for event in events])
    for event in events:
        request = work.requests[cases[event.body.offer_id]]
        offer = request.offer(event.body.offer_id)
        if offer is None:
            continue
        stale = offer.status not in OPEN or offer.alert_id != event.body.alert_id
        builder = DecisionBuilder(request, work.context(request))
        if event.body.reason is UnreachableReason.UNIT_EXCLUDED:
            exclude(builder, offer.organisation)
        elif not stale and event.body.reason is not UnreachableReason.TOO_LATE:
            could_not_tell(builder, offer)
        if builder.request is request:
            continue
        with tx.because(event):
            work.settle(builder.decision())
    await work.save()
