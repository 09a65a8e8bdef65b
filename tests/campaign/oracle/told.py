"""L, of what people were told: alerts, notices, messages, and the SMSC's word on them."""

from collections import defaultdict

from tests.campaign.ledger import Ledger, Receipt
from tests.campaign.oracle.events import NOTICE, REQUESTED
from tests.campaign.oracle.evidence import Evidence, Row
from tests.campaign.oracle.texts import Group, Spoken, group_of, texts_behind, went

LIVE = {"queued", "claimed"}
STATES = {"DELIVRD": "delivered", "UNDELIV": "failed", "EXPIRED": "expired"}
"""What the simulated SMSC says, and how that is recorded."""


def alerts_never_made(seen: Evidence, _ledger: Ledger) -> list[str]:
    """Somebody was to be alerted of an offer, and there is no such alert."""
    made = {row["alert_id"] for row in seen.tables["alerts"]}
    return [
        each.data["alert_id"]
        for each in seen.events(REQUESTED)
        if each.data["alert_id"] not in made and ("notify", each.key) not in seen.parked_keys
    ]


def notices_never_made(seen: Evidence, _ledger: Ledger) -> list[str]:
    """Staff were to be told something, and there is no such notice."""
    made = {row["dedup_key"] for row in seen.tables["notices"]}
    return [
        each.data["dedup_key"]
        for each in seen.events(NOTICE)
        if each.data["dedup_key"] not in made and ("notify", each.key) not in seen.parked_keys
    ]


def alerts_never_settled(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An alert that was neither sent nor given up with a reason, and of which nothing is left."""
    live = {row["alert_id"] for row in seen.tables["messages"] if row["status"] in LIVE}
    return [
        row["alert_id"]
        for row in seen.tables["alerts"]
        if (row["outcome"] is None and row["alert_id"] not in live)
        or (row["outcome"] in {"unreachable", "moot"} and not row["reason"])
    ]


def alerts_that_told_nobody(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An alert recorded as sent, and no message of it was, or may have been, sent."""
    told = {row["alert_id"] for row in seen.tables["messages"] if went(row)}
    return [
        row["alert_id"]
        for row in seen.tables["alerts"]
        if row["outcome"] == "sent" and row["alert_id"] not in told
    ]


def messages_never_settled(seen: Evidence, _ledger: Ledger) -> list[str]:
    """A message that is neither sent nor given up when all is calm."""
    return [row["message_id"] for row in seen.tables["messages"] if row["status"] in LIVE]


def texts_that_no_phone_got(seen: Evidence, ledger: Ledger) -> list[str]:
    """A message recorded as sent, and the phone or mailbox never got it."""
    spoken = Spoken.of(ledger)
    recorded: dict[Group, list[Row]] = defaultdict(list)
    for row in seen.tables["messages"]:
        if row["status"] == "sent" and (group := group_of(seen, row)) is not None:
            recorded[group].append(row)
    return [
        str(group)
        for group, rows in recorded.items()
        if texts_behind(rows) > len(spoken.of_group(group))
    ]


def receipts_that_vanished(seen: Evidence, ledger: Ledger) -> list[str]:
    """A receipt that the SMSC was told is taken, and no record has it.

    One for a text whose sending was never recorded waits by itself: its sender died.
    """
    recorded = {row["provider_id"]: row["receipt"] for row in seen.tables["messages"]}
    waiting = {row["provider_id"] for row in seen.tables["early"]}
    taken = {each.id for each in ledger.receipts if each.taken and not ledger.forgets(each.at)}
    return [
        f"receipt of text {each}"
        for each in sorted(taken)
        if recorded.get(each) is None and (each in recorded or each not in waiting)
    ]


def receipts_that_differ(seen: Evidence, ledger: Ledger) -> list[str]:
    """A receipt on record that is not the SMSC's last word on it, or of a text that never went.

    A receipt, whatever it says, is no answer and takes nothing back: what was sent stays sent.
    """
    said: dict[str, list[Receipt]] = defaultdict(list)
    for each in ledger.receipts:
        said[each.id].append(each)
    return [
        row["message_id"]
        for row in seen.tables["messages"]
        if row["receipt"] is not None
        and (row["status"] != "sent" or row["receipt"] not in _last_word(said[row["provider_id"]]))
    ]


def _last_word(receipts: list[Receipt]) -> set[str]:
    """What may be on record: the last that was taken, or anything while not all are."""
    said = [STATES[each.state] for each in receipts if not each.taken]
    taken = [STATES[each.state] for each in receipts if each.taken]
    return {taken[-1]} if len(taken) == len(said) > 0 else {*said}
