"""Rows that bear a MAC, held against it, and rows whose lack shows in the ledger.

The order of columns stays: MACs that are kept are of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.audit.model.findings import Finding, Kind
from shared.db import Tx
from shared.events import event_type
from shared.events.audit import FindingRaised
from shared.macs import Mac

HEARD = (
    *("event_id", "source", "producer_seq", "prev", "digest", "type", "subject", "time"),
    *("said_at", "appended_at", "heard_at", "worded", "hash"),
)
FINDING = ("finding_id", "kind", "producer", "first", "last", "event_id", "found_at")
OUTAGE = ("producer", "since", "until", "first")
CHECKPOINT = ("size", "note", "signed_at", "outages")
OF_LEAVES = f"""
SELECT {", ".join(f"heard.{each}" for each in HEARD)}, mac_key, mac,
    worded AND NOT EXISTS (SELECT FROM said WHERE said.event_id = heard.event_id) AS unsaid,
    source = 'audit' AND type = $3
        AND NOT EXISTS (SELECT FROM findings WHERE finding_id = subject) AS unfound
FROM leaves JOIN heard ON heard.id = heard_id
WHERE index >= $1 AND index < $2 ORDER BY index
"""
FINDINGS = f"""
SELECT {", ".join(FINDING)}, mac_key, mac,
    (SELECT min(producer_seq) FROM heard WHERE source = 'audit' AND subject = finding_id) AS seq
FROM findings WHERE finding_id > $1 ORDER BY finding_id LIMIT $2
"""
OUTAGES = f"SELECT {', '.join(OUTAGE)}, mac_key, mac FROM outages"
SIGNED = f"SELECT {', '.join(CHECKPOINT)}, mac_key, mac FROM checkpoints ORDER BY size DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Page:
    """What is wrong among so many rows; ``last``: the last one, none where there are no more."""

    wrong: list[Finding]
    last: str | None


async def of_leaves(tx: Tx, first: int, end: int) -> list[Finding]:
    """What is wrong beside these leaves: an entry's outside and times, words of it that are gone,
    a finding that was told and is gone."""
    wrong = []
    for row in await tx.fetch(OF_LEAVES, first, end, event_type(FindingRaised)):
        place = row["source"], row["producer_seq"], row["producer_seq"], row["event_id"]
        if not _wrote(tx, "heard", HEARD, row):
            wrong.append(Finding(Kind.TIMES, *place))
        if row["unsaid"]:
            wrong.append(Finding(Kind.SAID, *place))
        if row["unfound"]:
            wrong.append(Finding(Kind.FINDINGS, *place))
    return wrong


async def of_findings(tx: Tx, behind: str, at_most: int) -> Page:
    """Findings that nobody of ours wrote so, at the number of their event; 0 where none is."""
    rows = await tx.fetch(FINDINGS, behind, at_most)
    wrong = [
        Finding(Kind.FINDINGS, "audit", row["seq"] or 0, row["seq"] or 0)
        for row in rows
        if not _wrote(tx, "findings", FINDING, row)
    ]
    return Page(wrong, rows[-1]["finding_id"] if len(rows) == at_most else None)


async def of_outages(tx: Tx) -> list[Finding]:
    """Outages that nobody of ours wrote so, and whether fewer are there than when the newest
    checkpoint was signed: then at its size."""
    signed = await tx.fetchrow(SIGNED)  # before the outages, of which there may be more
    rows = await tx.fetch(OUTAGES)
    wrong = [
        Finding(Kind.OUTAGES, row["producer"], row["first"], row["first"])
        for row in rows
        if not _wrote(tx, "outages", OUTAGE, row)
    ]
    if signed is not None and not (
        _wrote(tx, "checkpoints", CHECKPOINT, signed) and signed["outages"] <= len(rows)
    ):
        wrong.append(Finding(Kind.OUTAGES, "audit", signed["size"], signed["size"]))
    return wrong


def _wrote(tx: Tx, table: str, columns: Sequence[str], row: Any) -> bool:
    mac = Mac(row["mac_key"], row["mac"])
    return tx.macs.wrote(mac, table, *(row[each] for each in columns))
