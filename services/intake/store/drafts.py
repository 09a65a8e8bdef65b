"""Drafts. Row-level security shows one to its owner alone; the service itself sweeps them.

An ended draft has lost its text already, and stays until its key is destroyed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.intake.model.drafts import KEPT
from shared import locks
from shared.db import Tx
from shared.errors import NotFound
from shared.http.pages import Id, Moment, Position

COUNT = "SELECT count(*) FROM drafts WHERE owner = $1 AND sealed IS NOT NULL AND changed_at > $2"
INSERT = """
INSERT INTO drafts (draft_id, owner, created_at, changed_at, sealed) VALUES ($1, $2, $3, $3, $4)
"""
FIND = """
SELECT * FROM drafts
WHERE draft_id = $1 AND owner = $2 AND sealed IS NOT NULL AND changed_at > $3 FOR UPDATE
"""
SAVE = "UPDATE drafts SET changed_at = $2, sealed = $3 WHERE draft_id = $1"
END = "UPDATE drafts SET sealed = NULL WHERE draft_id = $1 AND owner = $2"
PAGE = """
SELECT draft_id, created_at, changed_at FROM drafts
WHERE owner = $1 AND sealed IS NOT NULL AND changed_at > $2
  AND ($3::timestamptz IS NULL OR (changed_at, draft_id) < ($3, $4::text))
ORDER BY changed_at DESC, draft_id DESC LIMIT $5
"""
LIVING = "SELECT draft_id FROM drafts WHERE draft_id = ANY ($1::text[])"
OVER = """
SELECT draft_id FROM drafts WHERE sealed IS NULL OR changed_at <= $1
LIMIT $2 FOR UPDATE SKIP LOCKED
"""
FIRST_OVER = f"""
SELECT CASE WHEN EXISTS (SELECT FROM drafts WHERE sealed IS NULL) THEN at.now
            ELSE (SELECT min(changed_at) FROM drafts) + interval '{KEPT.total_seconds()} s' END
"""
FORGET = "DELETE FROM drafts WHERE draft_id = ANY ($1::text[])"


@dataclass(frozen=True, slots=True)
class Draft:
    """That somebody is writing something; not what."""

    draft_id: str
    created_at: datetime
    changed_at: datetime


class Changed(Position):
    """The place of a draft in the list of who writes it."""

    of: Literal["drafts"] = "drafts"
    changed_at: Moment
    id: Id


async def count(tx: Tx, owner: str) -> int:
    """How many drafts somebody has; nobody adds one of theirs until the transaction ends."""
    await locks.hold(tx, locks.slot("drafts", owner))
    found: int = await tx.fetchval(COUNT, owner, tx.now - KEPT)
    return found


async def add(tx: Tx, owner: str, draft_id: str, sealed: bytes) -> Draft:
    """A new draft."""
    await tx.execute(INSERT, draft_id, owner, tx.now, sealed)
    return Draft(draft_id, tx.now, tx.now)


async def find(tx: Tx, owner: str, draft_id: str) -> tuple[Draft, bytes]:
    """Somebody's own draft with its sealed text, locked; raises `NotFound` for any other."""
    row = await tx.fetchrow(FIND, draft_id, owner, tx.now - KEPT)
    if row is None:
        raise NotFound
    return _draft(row), bytes(row["sealed"])


async def save(tx: Tx, draft_id: str, sealed: bytes) -> None:
    """Puts another text in the place of what was there."""
    await tx.execute(SAVE, draft_id, tx.now, sealed)


async def end(tx: Tx, owner: str, draft_id: str) -> None:
    """Takes the text of somebody's own draft away, if it is there, and has its key destroyed."""
    await tx.execute(END, draft_id, owner)
    tx.wake()


async def page(
    tx: Tx, owner: str, before: Changed | None, limit: int
) -> list[tuple[Changed, Draft]]:
    """Somebody's drafts, the last changed first; each with its place."""
    at = (before.changed_at, before.id) if before else (None, None)
    return [
        (Changed(changed_at=row["changed_at"], id=row["draft_id"]), _draft(row))
        for row in await tx.fetch(PAGE, owner, tx.now - KEPT, *at, limit)
    ]


async def living(tx: Tx, draft_ids: Iterable[str]) -> set[str]:
    """Those of these ids that are drafts."""
    return {row["draft_id"] for row in await tx.fetch(LIVING, list(draft_ids))}


async def over(tx: Tx, limit: int) -> list[str]:
    """Drafts that ended or are too old, held until the transaction ends."""
    return [row["draft_id"] for row in await tx.fetch(OVER, tx.now - KEPT, limit)]


async def forget(tx: Tx, draft_ids: Iterable[str]) -> None:
    """Removes the last of them; their keys are destroyed by now."""
    await tx.execute(FORGET, list(draft_ids))


def _draft(row: Any) -> Draft:
    return Draft(row["draft_id"], row["created_at"], row["changed_at"])
