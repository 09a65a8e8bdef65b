"""Courtesies: news of an offer's end or of an answer, worth telling for a day, never urgent."""

from collections.abc import Sequence

from services.notify.codes import store as codes
from services.notify.codes.store import Wanted
from services.notify.delivery.model import COURTESY_LASTS, Kind, Message, Offer
from services.notify.delivery.store import messages
from services.notify.delivery.store.messages import Alerted
from services.notify.deps import Deps
from shared.db import Tx
from shared.events.words import Urgency

Over = tuple[Offer, str, Alerted]
"""An offer that ended, the template that says so, and somebody to tell."""


async def tell_endings(deps: Deps, tx: Tx, over: Sequence[Over]) -> None:
    """Tells people who were alerted that there is nothing more to do.

    A sender does it once in a transaction: another may tell the same people, see `messages.add`.
    """
    wanted = [Wanted(offer.offer_id, each.staff_id, offer.answerable) for offer, _, each in over]
    await codes.issue(tx, deps.codes, wanted)
    closings = [
        (
            courtesy(tx, offer, template, each.staff_id, each.channel),
            f"closing:{each.alert_id}:{each.staff_id}",
        )
        for offer, template, each in over
    ]
    await messages.add(tx, closings)


def courtesy(tx: Tx, offer: Offer, template: str, staff_id: str, channel: str) -> Message:
    """A message that closes somebody's part in an offer."""
    return Message(
        message_id=tx.ids.new(),
        kind=Kind.CLOSING,
        template=template,
        channel=channel,
        staff_id=staff_id,
        urgency=Urgency.STANDARD,
        valid_until=tx.now + COURTESY_LASTS,
        incident_id=offer.incident_id,
        offer_id=offer.offer_id,
        excluded_people=offer.excluded_people,
        public_id=offer.public_id,
    )
