"""Texts as they come in: parts wait for each other, what nobody can read is kept as it came.

Both are sealed for notify itself: no text and no number stands in the database as it is.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from services.notify import metrics
from services.notify.answers.handlers import on_reply
from services.notify.channels.sms import Reply
from services.notify.channels.sms.inbound import Part, Unread
from services.notify.deps import Deps
from shared import locks
from shared.db import Tx
from shared.errors import Unprocessable
from shared.runtime.jobs import Look
from shared.runtime.quarantine import Quarantine, Step

log = structlog.get_logger()

CHANNEL = "parts"
OWN = "notify"
"""Who seals and opens what is held here."""
PATIENCE = timedelta(seconds=20)
"""Parts come within seconds. After so long what has come is all: a word in it may be a yes."""
REMEMBERED = timedelta(minutes=10)
"""So long a part that comes again is known: the provider repeats what it thinks was not taken."""
UNREAD_KEPT = timedelta(days=30)

KEEP_PART = """
INSERT INTO reply_parts (part_id, text_hash, number, total, part_hash, sealed, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""
PARTS = """
SELECT number, sealed FROM reply_parts WHERE text_hash = $1 AND joined_at IS NULL
ORDER BY number, received_at
"""
JOINED = "UPDATE reply_parts SET joined_at = $2 WHERE text_hash = $1 AND joined_at IS NULL"
LATE = """
SELECT text_hash, min(received_at) AS since FROM reply_parts
WHERE joined_at IS NULL AND text_hash <> ALL ($1::text[])
GROUP BY text_hash ORDER BY since LIMIT 1
"""
FIRST_DUE = f"""
SELECT least(
    (SELECT min(received_at) FROM reply_parts WHERE joined_at IS NULL)
        + interval '{PATIENCE.total_seconds()} s',
    (SELECT min(joined_at) FROM reply_parts) + interval '{REMEMBERED.total_seconds()} s',
    (SELECT min(received_at) FROM texts_unread) + interval '{UNREAD_KEPT.total_seconds()} s')
"""
FORGET_PARTS = "DELETE FROM reply_parts WHERE joined_at <= $1"
KEEP_UNREAD = """
INSERT INTO texts_unread (text_id, text_hash, data_coding, sealed, received_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (text_hash) DO NOTHING
"""
FORGET_UNREAD = "DELETE FROM texts_unread WHERE received_at <= $1"

LOOK = Look(CHANNEL, due=FIRST_DUE)


async def on_text(deps: Deps, tx: Tx, reply: Reply) -> None:
    """Handles one text, or keeps a part of one until the others are here. Safe to repeat."""
    if reply.unread is not None:
        await _keep_unread(deps, tx, reply.sender, reply.unread)
    if reply.part is None:
        await on_reply(deps, tx, reply.sender, reply.text)
        return
    text_hash = await _keep_part(deps, tx, reply, reply.part)
    parts = await tx.fetch(PARTS, text_hash)
    if len({row["number"] for row in parts}) == reply.part.total:
        await _join(deps, tx, text_hash, parts)
    else:
        tx.wake(CHANNEL)


def parts_job(deps: Deps, quarantine: Quarantine) -> Step:
    """A step of what waits: handles a text whose other parts have not come, and forgets the old."""

    async def step(tx: Tx) -> datetime | None:
        await tx.execute(FORGET_PARTS, tx.now - REMEMBERED)
        await tx.execute(FORGET_UNREAD, tx.now - UNREAD_KEPT)
        late = await tx.fetchrow(LATE, quarantine.ids)
        if late is None:
            return None
        due: datetime = late["since"] + PATIENCE
        if due > tx.now:
            return due
        quarantine.takes(text_hash=late["text_hash"])
        await locks.hold(tx, locks.slot("parts", late["text_hash"]))
        await _join(deps, tx, late["text_hash"], await tx.fetch(PARTS, late["text_hash"]))
        return tx.now

    return step


async def _keep_part(deps: Deps, tx: Tx, reply: Reply, part: Part) -> str:
    """The hash that all parts of the text have, held until the transaction ends."""
    named = f"{reply.sender} {part.reference} {part.total}"
    text_hash = deps.codes.blind("parts", named)
    await locks.hold(tx, locks.slot("parts", text_hash))
    sealed = _seal(deps, {"sender": reply.sender, "text": reply.text})
    part_id, part_hash = tx.ids.new(), deps.codes.blind("part", reply.text)
    await tx.execute(
        KEEP_PART, part_id, text_hash, part.number, part.total, part_hash, sealed, tx.now
    )
    return text_hash


async def _join(deps: Deps, tx: Tx, text_hash: str, parts: Sequence[Any]) -> None:
    """Handles the text that the parts are; where one is missing, a blank stands."""
    await tx.execute(JOINED, text_hash, tx.now)
    said = {row["number"]: said for row in parts if (said := _open(deps, row["sealed"]))}
    if not said:
        return
    whole = "".join(
        said[number]["text"] if number in said else " " for number in range(1, max(said) + 1)
    )
    await on_reply(deps, tx, next(iter(said.values()))["sender"], whole)


async def _keep_unread(deps: Deps, tx: Tx, sender: str, unread: Unread) -> None:
    octets = unread.octets.hex()
    await tx.execute(
        KEEP_UNREAD,
        tx.ids.new(),
        deps.codes.blind("unread", f"{sender} {octets}"),
        unread.data_coding,
        _seal(deps, {"sender": sender, "octets": octets}),
        tx.now,
    )
    metrics.TEXTS_UNREAD.inc()
    log.warning("reply.unread", data_coding=unread.data_coding)


def _seal(deps: Deps, said: dict[str, str]) -> str:
    return deps.exclusions.sealer.seal(json.dumps(said).encode(), [OWN]).decode()


def _open(deps: Deps, sealed: str) -> dict[str, str] | None:
    """None for what a key that is gone has sealed: the others are handled without it."""
    try:
        said: dict[str, str] = json.loads(deps.exclusions.sealer.open(sealed.encode(), by=OWN))
    except Unprocessable:
        log.exception("reply.part-unreadable")
        return None
    return said
