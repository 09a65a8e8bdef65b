"""Alerts that notify sent, or could not send: whether the people of an offer were really told."""

from collections.abc import Sequence

from services.referral.deps import Rules
from services.referral.model.decision import Course
from services.referral.model.ladder import could_not_tell, exclude
from services.referral.unit_of_work import Desk
from shared.db import Tx
from shared.events import Event, notify
from shared.events.words import OPEN, UnreachableReason


async def on_alerts_sent(rules: Rules, tx: Tx, events: Sequence[Event[notify.AlertSent]]) -> None:
    """Somebody was really told: the candidate's turn counts."""
    desk, cases = await Desk.of_offers(tx, rules, [event.body.offer_id for event in events])
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
    desk, cases = await Desk.of_offers(tx, rules, [event.body.offer_id for event in events])
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
