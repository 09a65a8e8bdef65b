"""Sittings in PostgreSQL: the sitting itself, and who was there. See `agenda` for its items.

Numbers are counted among what the viewer sees: a gap would tell of what is hidden from them.
"""

from collections.abc import Sequence
from typing import Any

from services.committee.sittings.model import Attendance, Invited, Kind, Sitting, State
from services.committee.sittings.room import Quorum
from shared.db import Tx
from shared.errors import NotFound

PLAN = """
INSERT INTO sittings (sitting_id, committee_id, kind, status, starts, place, version, entered_at,
                      entered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING RETURNING sitting_id
"""
SAVE = """
UPDATE sittings SET kind = $2, status = $3, starts = $4, ends = $5, place = $6, chair = $7,
                    secretary = $8, held_on = $9, no = $10, seats = $11, needed = $12, filled = $13,
                    version = $14, recorded_at = CASE WHEN $3 = 'held'
                                                 THEN coalesce(recorded_at, $15) END
WHERE sitting_id = $1
"""
FIND = """
SELECT s.*, (
    SELECT count(*) FROM sittings o
    WHERE o.committee_id = s.committee_id AND o.no <= s.no
      AND date_part('year', o.held_on) = date_part('year', s.held_on)) AS number
FROM sittings s WHERE s.sitting_id = $1
"""
HOLD = FIND + " FOR UPDATE OF s"
LISTED = """
SELECT * FROM (
    SELECT s.*, CASE WHEN no IS NOT NULL THEN
        row_number() OVER (PARTITION BY date_part('year', held_on) ORDER BY no) END AS number
    FROM sittings s WHERE committee_id = $1) AS counted
WHERE starts >= $2 AND starts < $3 ORDER BY starts DESC, sitting_id
"""
NO = """
SELECT coalesce(
    (SELECT no FROM sittings
     WHERE sitting_id = $2 AND date_part('year', held_on) = date_part('year', $3::date)),
    (SELECT coalesce(max(no), 0) + 1 FROM sittings
     WHERE committee_id = $1 AND date_part('year', held_on) = date_part('year', $3::date)))
"""
UNINVITE = "DELETE FROM invited WHERE sitting_id = $1"
INVITE = "INSERT INTO invited (sitting_id, body, came, signed) VALUES ($1, $2, $3, $4)"
INVITED = "SELECT body, came, signed FROM invited WHERE sitting_id = $1 ORDER BY body"
FORGET = "DELETE FROM attendance WHERE sitting_id = $1"
ATTEND = "INSERT INTO attendance (sitting_id, staff_id, status) VALUES ($1, $2, $3)"
ATTENDED = "SELECT staff_id, status FROM attendance WHERE sitting_id = $1 ORDER BY staff_id"


async def plan(tx: Tx, sitting: Sitting, by: str) -> bool:
    """A new one; False where its id is taken."""
    added = await tx.fetchval(
        PLAN,
        sitting.sitting_id,
        sitting.committee_id,
        sitting.kind,
        sitting.state,
        sitting.starts,
        sitting.place,
        sitting.version,
        tx.now,
        by,
    )
    return added is not None


async def save(tx: Tx, sitting: Sitting, no: int | None = None) -> None:
    """What has changed of it; ``no``: its own number, once it was held."""
    quorum = sitting.quorum
    await tx.execute(
        SAVE,
        sitting.sitting_id,
        sitting.kind,
        sitting.state,
        sitting.starts,
        sitting.ends,
        sitting.place,
        sitting.chair,
        sitting.secretary,
        sitting.held_on,
        no,
        quorum.seats if quorum else None,
        quorum.needed if quorum else None,
        quorum.filled if quorum else None,
        sitting.version,
        tx.now,
    )


async def find(tx: Tx, sitting_id: str) -> Sitting:
    """One that the viewer may see; raises `NotFound`."""
    return _found(await tx.fetchrow(FIND, sitting_id))


async def hold(tx: Tx, sitting_id: str) -> Sitting:
    """The same, locked until the end of the transaction."""
    return _found(await tx.fetchrow(HOLD, sitting_id))


async def planned(tx: Tx, sitting_id: str) -> Sitting | None:
    """The same, or none where there is no such sitting."""
    row = await tx.fetchrow(HOLD, sitting_id)
    return None if row is None else _sitting(row)


async def listed(tx: Tx, committee_id: str, span: Sequence[Any]) -> list[Sitting]:
    """Those of a committee that begin in ``span``, two instants, the newest first."""
    return [_sitting(row) for row in await tx.fetch(LISTED, committee_id, *span)]


async def number(tx: Tx, sitting: Sitting) -> int:
    """Its own number in the year in which it was held; as the system, which sees all."""
    no: int = await tx.fetchval(NO, sitting.committee_id, sitting.sitting_id, sitting.held_on)
    return no


async def invite(tx: Tx, sitting_id: str, bodies: Sequence[Invited]) -> None:
    """These bodies, and no others."""
    await tx.execute(UNINVITE, sitting_id)
    await tx.executemany(
        INVITE, [(sitting_id, each.body, each.came, each.signed) for each in bodies]
    )


async def invited(tx: Tx, sitting_id: str) -> tuple[Invited, ...]:
    """Which bodies were invited, or came."""
    rows = await tx.fetch(INVITED, sitting_id)
    return tuple(Invited(row["body"], row["came"], row["signed"]) for row in rows)


async def attend(tx: Tx, sitting_id: str, people: Sequence[tuple[str, Attendance]]) -> None:
    """These members, and of no others anything is said."""
    await tx.execute(FORGET, sitting_id)
    await tx.executemany(ATTEND, [(sitting_id, *each) for each in people])


async def attended(tx: Tx, sitting_id: str) -> dict[str, Attendance]:
    """Who came, and who sent apologies."""
    rows = await tx.fetch(ATTENDED, sitting_id)
    return {row["staff_id"]: Attendance(row["status"]) for row in rows}


def _found(row: Any) -> Sitting:
    if row is None:
        raise NotFound("no such sitting")
    return _sitting(row)


def _sitting(row: Any) -> Sitting:
    was_held = row["held_on"] is not None
    return Sitting(
        sitting_id=row["sitting_id"],
        committee_id=row["committee_id"],
        kind=Kind(row["kind"]),
        state=State(row["status"]),
        starts=row["starts"],
        ends=row["ends"],
        place=row["place"],
        chair=row["chair"],
        secretary=row["secretary"],
        held_on=row["held_on"],
        quorum=Quorum(row["seats"], row["needed"], row["filled"]) if was_held else None,
        number=row["number"] if was_held else None,
        version=row["version"],
    )
