"""Sessions in PostgreSQL. A secret is stored as its SHA-256: whoever reads the table has none."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from services.console.sessions.model import Session, SessionKind
from shared.db import Tx

START = """
INSERT INTO sessions (session_id, secret_hash, staff_id, organisation, roles, territories, language,
                      kind, csrf, started_at, seen_at, idle_until, ends_at, checked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
BY_HASH = "SELECT * FROM sessions WHERE secret_hash = $1 AND ended_at IS NULL"
OF_STAFF = """
SELECT * FROM sessions WHERE staff_id = $1 AND ended_at IS NULL ORDER BY started_at, session_id
"""
TOUCH = "UPDATE sessions SET seen_at = $2, idle_until = $3 WHERE session_id = $1 AND seen_at < $2"
END = """
UPDATE sessions SET ended_at = $2, ended_by = $3, ending = $4
WHERE session_id = $1 AND ended_at IS NULL RETURNING staff_id
"""
END_ALL = """
UPDATE sessions SET ended_at = $3, ended_by = $4, ending = $5
WHERE staff_id = $1 AND session_id IS DISTINCT FROM $2 AND ended_at IS NULL RETURNING session_id
"""
END_EVERYBODYS = """
UPDATE sessions SET ended_at = $1, ended_by = $2, ending = $3
WHERE ended_at IS NULL RETURNING session_id, staff_id
"""
KNOW = """
UPDATE sessions SET organisation = $2, roles = $3, territories = $4, checked_at = $5
WHERE session_id = $1
"""
DOUBT = """
UPDATE sessions SET checked_at = started_at - interval '1 day'
WHERE staff_id = $1 AND ended_at IS NULL
"""
STANDING = """
SELECT session_id FROM sessions
WHERE session_id = ANY($1) AND ended_at IS NULL AND idle_until > $2 AND ends_at > $2
"""
PAST = """
SELECT * FROM sessions WHERE ended_at IS NULL AND idle_until <= $1
ORDER BY idle_until LIMIT $2 FOR UPDATE SKIP LOCKED
"""


async def start(tx: Tx, session: Session, secret_hash: bytes) -> None:
    """A new one."""
    await tx.execute(
        START,
        session.session_id,
        secret_hash,
        session.staff_id,
        session.organisation,
        sorted(session.roles),
        list(session.territories),
        session.language,
        session.kind,
        session.csrf,
        session.started_at,
        session.seen_at,
        session.idle_until,
        session.ends_at,
        session.checked_at,
    )


async def by_secret(tx: Tx, secret_hash: bytes) -> Session | None:
    """The one that nobody has ended."""
    row = await tx.fetchrow(BY_HASH, secret_hash)
    return _session(row) if row else None


async def of_staff(tx: Tx, staff_id: str) -> list[Session]:
    """All of somebody's that nobody has ended, the oldest first."""
    return [_session(row) for row in await tx.fetch(OF_STAFF, staff_id)]


async def touch(tx: Tx, session: Session) -> None:
    """When something was last done in it, unless something was later."""
    await tx.execute(TOUCH, session.session_id, session.seen_at, session.idle_until)


async def end(tx: Tx, session_id: str, by: str, ending: str) -> str | None:
    """Whose it was; None when it had ended."""
    staff_id: str | None = await tx.fetchval(END, session_id, tx.now, by, ending)
    return staff_id


async def end_all(tx: Tx, staff_id: str, but: str | None, by: str, ending: str) -> list[str]:
    """Which have ended."""
    rows = await tx.fetch(END_ALL, staff_id, but, tx.now, by, ending)
    return [row["session_id"] for row in rows]


async def end_everybodys(tx: Tx, by: str, ending: str) -> list[tuple[str, str]]:
    """Which have ended, and whose."""
    rows = await tx.fetch(END_EVERYBODYS, tx.now, by, ending)
    return [(row["session_id"], row["staff_id"]) for row in rows]


async def know(tx: Tx, session: Session) -> None:
    """What the register says now."""
    known = (session.organisation, sorted(session.roles), list(session.territories))
    await tx.execute(KNOW, session.session_id, *known, session.checked_at)


async def doubt(tx: Tx, staff_id: str) -> None:
    """The register is to be asked again before anything more is done in theirs."""
    await tx.execute(DOUBT, staff_id)


async def standing(tx: Tx, session_ids: Sequence[str]) -> set[str]:
    """Which of these are not over."""
    rows = await tx.fetch(STANDING, list(session_ids), tx.now)
    return {row["session_id"] for row in rows}


async def past(tx: Tx, most: int) -> list[Session]:
    """Of those that time has ended so many, locked."""
    return [_session(row) for row in await tx.fetch(PAST, tx.now, most)]


def _session(row: asyncpg.Record) -> Session:
    found: dict[str, Any] = {name: row[name] for name in Session.__slots__}
    found |= {
        "kind": SessionKind(row["kind"]),
        "roles": frozenset(row["roles"]),
        "territories": tuple(row["territories"]),
    }
    return Session(**found)
