"""Actions in PostgreSQL."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services.committee.actions.model import Action, Control, Status, Stood, What
from shared.db import Tx
from shared.errors import NotFound

ADD = """
INSERT INTO actions (action_id, decision_id, sitting_id, committee_id, matter_id, what, body,
                     person, decided_on, due, control, status, remind_at, version, entered_at,
                     changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16)
"""
SAVE = """
WITH before AS (
    INSERT INTO action_changes (action_id, version, since, by, person, due, status, reported_on)
    SELECT action_id, version, changed_at, changed_by, person, due, status, reported_on
    FROM actions WHERE action_id = $1)
UPDATE actions SET status = $2, reported_on = $3, remind_at = $4, version = $5, changed_at = $6,
                   changed_by = $7, person = $8, due = $9
WHERE action_id = $1
"""
STORY = """
SELECT version, since, by, person, due, status, reported_on FROM action_changes WHERE action_id = $1
UNION ALL
SELECT version, changed_at, changed_by, person, due, status, reported_on FROM actions
WHERE action_id = $1
ORDER BY version
"""
FIND = "SELECT * FROM actions WHERE action_id = $1"
HOLD = "SELECT * FROM actions WHERE action_id = $1 FOR UPDATE"
LISTED = """
SELECT * FROM actions
WHERE committee_id = $1 AND ($2::text IS NULL OR status = $2) AND (due, action_id) > ($3, $4)
ORDER BY due, action_id LIMIT $5
"""
FIRST_REMINDER = "SELECT min(remind_at) FROM actions"
TO_REMIND = """
SELECT * FROM actions WHERE remind_at <= $1 AND action_id <> ALL ($2)
ORDER BY remind_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
NEXT_REMINDER = "SELECT min(remind_at) FROM actions WHERE remind_at > $1"
REMINDED = "UPDATE actions SET remind_at = $2 WHERE action_id = $1"


async def add(tx: Tx, action: Action, remind_at: datetime | None, by: str) -> None:
    """A new one."""
    await tx.execute(
        ADD,
        action.action_id,
        action.decision_id,
        action.sitting_id,
        action.committee_id,
        action.matter_id,
        action.what,
        action.body,
        action.person,
        action.decided_on,
        action.due,
        action.control,
        action.status,
        remind_at,
        action.version,
        tx.now,
        by,
    )


async def save(tx: Tx, action: Action, remind_at: datetime | None, by: str) -> None:
    """How one stands from here on; how it stood is kept."""
    await tx.execute(
        SAVE,
        action.action_id,
        action.status,
        action.reported_on,
        remind_at,
        action.version,
        tx.now,
        by,
        action.person,
        action.due,
    )


async def story(tx: Tx, action_id: str) -> list[Stood]:
    """How one stood since it was decided, the oldest first, with how it stands now."""
    return [
        Stood(
            since=row["since"],
            by=row["by"],
            person=row["person"],
            due=row["due"],
            status=Status(row["status"]),
            reported_on=row["reported_on"],
        )
        for row in await tx.fetch(STORY, action_id)
    ]


async def find(tx: Tx, action_id: str) -> Action:
    """One that the viewer may see; raises `NotFound`."""
    return _found(await tx.fetchrow(FIND, action_id))


async def hold(tx: Tx, action_id: str) -> Action:
    """The same, locked until the end of the transaction."""
    return _found(await tx.fetchrow(HOLD, action_id))


async def listed(
    tx: Tx, committee_id: str, status: Status | None, after: tuple[date, str], limit: int
) -> list[Action]:
    """Those of a committee that the viewer may see, behind ``after`` (due, action_id), by due."""
    return [_action(row) for row in await tx.fetch(LISTED, committee_id, status, *after, limit)]


async def to_remind(tx: Tx, leaving: Sequence[str]) -> Action | None:
    """The first whose reminder is due, locked; none of ``leaving``."""
    row = await tx.fetchrow(TO_REMIND, tx.now, list(leaving))
    return None if row is None else _action(row)


async def next_reminder(tx: Tx) -> datetime | None:
    """When the next one is due."""
    due: datetime | None = await tx.fetchval(NEXT_REMINDER, tx.now)
    return due


async def reminded(tx: Tx, action_id: str, again: datetime | None) -> None:
    """That somebody was reminded of it, and when they are again."""
    await tx.execute(REMINDED, action_id, again)


def _found(row: Any) -> Action:
    if row is None:
        raise NotFound("no such action")
    return _action(row)


def _action(row: Any) -> Action:
    return Action(
        action_id=row["action_id"],
        decision_id=row["decision_id"],
        sitting_id=row["sitting_id"],
        committee_id=row["committee_id"],
        matter_id=row["matter_id"],
        what=What(row["what"]),
        body=row["body"],
        person=row["person"],
        decided_on=row["decided_on"],
        due=row["due"],
        control=Control(row["control"]),
        status=Status(row["status"]),
        reported_on=row["reported_on"],
        version=row["version"],
    )
