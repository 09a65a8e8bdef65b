"""Deliveries in words: how somebody was told of an offer, and what became of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.console.frame.moments import read
from services.console.frame.texts import later, say

CHANNELS = {"sms": later("SMS"), "email": later("e-mail")}
KINDS = {
    "alert": later("asked to answer"),
    "answer": later("answer to what they said"),
    "closing": later("that it is over"),
    "notice": later("notice"),
    "prompt": later("reminder"),
}
STATUSES = {
    "queued": later("not sent yet"),
    "claimed": later("is being sent"),
    "sent": later("sent"),
    "refused": later("refused by the provider"),
    "dropped": later("not sent"),
}
RECEIPTS = {
    "delivered": later("arrived on the telephone"),
    "expired": later("the telephone could not be reached"),
    "failed": later("did not arrive"),
    "pending": later("on its way"),
    "unknown": later("nobody knows whether it arrived"),
}
REASONS = {
    "deadline": later("it would have come too late"),
    "offer-over": later("the offer was over by then"),
    "not-staff": later("they do not serve any more"),
    "no-contact": later("no number or address is known"),
    "outcome-unknown": later("it may have been sent several times: nobody knows"),
    "open-again": later("it was asked again meanwhile"),
    "no-text": later("there is no text for it"),
}
"""Why notify gave a message up. A provider's own reasons are for its operators: `tirek offer`."""


@dataclass(frozen=True, slots=True)
class Told:
    """A row. ``ended``: when it was sent or given up; ``receipt``: the provider's word after it."""

    at: datetime
    name: str
    how: str
    what: str
    became: str
    ended: datetime | None
    receipt: str
    receipt_at: datetime | None


def told(delivery: Mapping[str, Any]) -> Told:
    """A delivery as notify has it, in the language of whoever looks."""
    status, receipt = delivery["status"], delivery["receipt"]
    reason = REASONS.get(delivery["reason"] or "")
    became = say(STATUSES.get(status, status))
    return Told(
        at=read(delivery["queued_at"]),
        name=delivery["name"],
        how=say(CHANNELS.get(delivery["channel"], delivery["channel"])),
        what=say(KINDS.get(delivery["kind"], delivery["kind"])),
        became=f"{became}: {say(reason)}" if reason else became,
        ended=read(delivery["settled_at"]) if delivery["settled_at"] else None,
        receipt=say(RECEIPTS.get(receipt, RECEIPTS["unknown"])) if receipt else "",
        receipt_at=read(delivery["receipt_at"]) if delivery["receipt_at"] else None,
    )
