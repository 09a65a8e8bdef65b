"""Committees and members in PostgreSQL."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.committee.registry.model import Committee, Member, Order, Sector, Term
from shared.db import Tx
from shared.errors import NotFound

SAVE = """
INSERT INTO committees (committee_id, organisation, territory, order_no, order_on, term_from,
                        term_to, chair, secretary, ended_on, version, entered_at, entered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (committee_id) DO UPDATE SET
    order_no = excluded.order_no, order_on = excluded.order_on, term_from = excluded.term_from,
    term_to = excluded.term_to, chair = excluded.chair, secretary = excluded.secretary,
    ended_on = excluded.ended_on, version = excluded.version
"""
HOLD = "SELECT * FROM committees WHERE committee_id = $1 FOR UPDATE"
FIND = "SELECT * FROM committees WHERE committee_id = $1"
OF_ORGANISATION = "SELECT * FROM committees WHERE organisation = $1"
KEEP = """
INSERT INTO past_terms (committee_id, term_from, term_to, order_no, order_on, chair, secretary,
                        kept_at, kept_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
PAST_TERMS = "SELECT * FROM past_terms WHERE committee_id = $1 ORDER BY term_from DESC"
MAY_SIT = """
-- before its first term that is known it was approved on paper
SELECT bool_or($2 BETWEEN term_from AND term_to) OR $2 < min(term_from) FROM terms
WHERE committee_id = $1
"""
ALL = """
SELECT * FROM committees
WHERE starts_with(territory, $1) AND (territory, committee_id) > ($2, $3)
ORDER BY territory, committee_id LIMIT $4
"""
JOIN = """
INSERT INTO members (member_id, committee_id, staff_id, body, sector, order_no, order_on,
                     member_from, member_to, deputy_of, entered_at, entered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
LEAVE = """
UPDATE members SET member_to = $3
WHERE committee_id = $1 AND member_id = $2 AND (member_to IS NULL OR member_to > $3)
RETURNING staff_id
"""
TOOK_PART = """
SELECT EXISTS (
    SELECT FROM attendance JOIN sittings USING (sitting_id)
    WHERE committee_id = $1 AND staff_id = $2
      AND (starts AT TIME ZONE $5)::date BETWEEN $3 AND coalesce($4, 'infinity'::date)
) OR EXISTS (
    SELECT FROM decisions JOIN sittings USING (sitting_id, committee_id)
    WHERE committee_id = $1 AND person = $2
      AND held_on BETWEEN $3 AND coalesce($4, 'infinity'::date)
) OR EXISTS (
    -- given to somebody on any day of its own: each counts that stood since they joined
    SELECT FROM actions LEFT JOIN action_changes before USING (action_id)
    WHERE committee_id = $1 AND $2 IN (actions.person, before.person)
      AND (changed_at AT TIME ZONE $5)::date >= $3
) OR EXISTS (
    SELECT FROM past_terms WHERE committee_id = $1 AND $2 IN (chair, secretary)
)
"""
WITHDRAW = """
WITH gone AS (DELETE FROM members WHERE committee_id = $1 AND member_id = $2 RETURNING *)
INSERT INTO withdrawn_members SELECT gone.*, $3, $4 FROM gone
"""
WITHDRAWN = """
SELECT EXISTS (SELECT FROM withdrawn_members WHERE committee_id = $1 AND member_id = $2)
"""
MEMBERS = "SELECT * FROM members WHERE committee_id = $1 ORDER BY sector, member_from, member_id"
COUNTS = """
SELECT committee_id, sector, count(*) AS count FROM members
WHERE committee_id = ANY ($1) AND member_from <= $2 AND (member_to IS NULL OR member_to >= $2)
GROUP BY committee_id, sector
"""


async def save(tx: Tx, committee: Committee, by: str) -> None:
    """A new one, or what has changed of it."""
    await tx.execute(
        SAVE,
        committee.committee_id,
        committee.organisation,
        committee.territory,
        committee.order.number,
        committee.order.day,
        committee.term_from,
        committee.term_to,
        committee.chair,
        committee.secretary,
        committee.ended_on,
        committee.version,
        tx.now,
        by,
    )


async def hold(tx: Tx, committee_id: str) -> Committee:
    """One, locked until the end of the transaction; raises `NotFound`."""
    return _found(await tx.fetchrow(HOLD, committee_id))


async def find(tx: Tx, committee_id: str) -> Committee:
    """One that the viewer may see; raises `NotFound`."""
    return _found(await tx.fetchrow(FIND, committee_id))


async def of_organisation(tx: Tx, organisation: str) -> Committee | None:
    """The committee that is this organisation of the directory."""
    row = await tx.fetchrow(OF_ORGANISATION, organisation)
    return None if row is None else _committee(row)


async def keep(tx: Tx, committee_id: str, term: Term, by: str) -> None:
    """A term that is over, since another was approved."""
    await tx.execute(
        KEEP,
        committee_id,
        term.first,
        term.last,
        term.order.number,
        term.order.day,
        term.chair,
        term.secretary,
        tx.now,
        by,
    )


async def past_terms(tx: Tx, committee_id: str) -> tuple[Term, ...]:
    """The terms before the one that is approved now, the last first."""
    return tuple(
        Term(
            order=Order(number=row["order_no"], day=row["order_on"]),
            first=row["term_from"],
            last=row["term_to"],
            chair=row["chair"],
            secretary=row["secretary"],
        )
        for row in await tx.fetch(PAST_TERMS, committee_id)
    )


async def may_sit(tx: Tx, committee_id: str, day: date) -> bool:
    """Whether it was approved on a day, as far as terms are known."""
    return bool(await tx.fetchval(MAY_SIT, committee_id, day))


async def listed(tx: Tx, area: str, after: tuple[str, str], limit: int) -> list[Committee]:
    """Those of an area (a prefix of codes) that the viewer may see, behind ``after`` (territory,
    committee_id), in that order."""
    return [_committee(row) for row in await tx.fetch(ALL, area, *after, limit)]


async def join(tx: Tx, member: Member, by: str) -> None:
    """A new member."""
    await tx.execute(
        JOIN,
        member.member_id,
        member.committee_id,
        member.staff_id,
        member.body,
        member.sector,
        member.order.number,
        member.order.day,
        member.member_from,
        member.member_to,
        member.deputy_of,
        tx.now,
        by,
    )


async def leave(tx: Tx, committee_id: str, member_id: str, last: date) -> str:
    """A member's last day; their staff id. Raises `NotFound` for one who had left by then."""
    staff_id: str | None = await tx.fetchval(LEAVE, committee_id, member_id, last)
    if staff_id is None:
        raise NotFound("no such member, or they have left already")
    return staff_id


async def took_part(tx: Tx, member: Member, zone: str) -> bool:
    """Whether any minutes, decision or action names them, or an earlier term; as the system, which
    sees all. ``zone``: by whose clock a day begins."""
    span = member.member_from, member.member_to
    found = await tx.fetchval(TOOK_PART, member.committee_id, member.staff_id, *span, zone)
    return bool(found)


async def withdraw(tx: Tx, member: Member, by: str) -> None:
    """They never were one: moved to where no count, quorum or list looks."""
    await tx.execute(WITHDRAW, member.committee_id, member.member_id, tx.now, by)


async def withdrawn(tx: Tx, committee_id: str, member_id: str) -> bool:
    """Whether they are there already."""
    return bool(await tx.fetchval(WITHDRAWN, committee_id, member_id))


async def members(tx: Tx, committee_id: str) -> tuple[Member, ...]:
    """All who are or were of it, by sector."""
    return tuple(_member(row) for row in await tx.fetch(MEMBERS, committee_id))


async def counts(tx: Tx, committee_ids: Sequence[str], day: date) -> dict[str, dict[Sector, int]]:
    """How many members sit in each of these committees on a day, by sector."""
    found: dict[str, dict[Sector, int]] = {each: {} for each in committee_ids}
    for row in await tx.fetch(COUNTS, list(committee_ids), day):
        found[row["committee_id"]][Sector(row["sector"])] = row["count"]
    return found


def _found(row: Any) -> Committee:
    if row is None:
        raise NotFound("no such committee")
    return _committee(row)


def _committee(row: Any) -> Committee:
    return Committee(
        committee_id=row["committee_id"],
        organisation=row["organisation"],
        territory=row["territory"],
        order=Order(number=row["order_no"], day=row["order_on"]),
        term_from=row["term_from"],
        term_to=row["term_to"],
        chair=row["chair"],
        secretary=row["secretary"],
        ended_on=row["ended_on"],
        version=row["version"],
    )


def _member(row: Any) -> Member:
    return Member(
        member_id=row["member_id"],
        committee_id=row["committee_id"],
        staff_id=row["staff_id"],
        body=row["body"],
        sector=Sector(row["sector"]),
        order=Order(number=row["order_no"], day=row["order_on"]),
        member_from=row["member_from"],
        member_to=row["member_to"],
        deputy_of=row["deputy_of"],
    )
