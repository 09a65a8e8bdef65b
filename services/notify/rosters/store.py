"""Rosters in PostgreSQL."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.notify.rosters.model import (
    LONGEST_WATCH,
    OnHolidays,
    Override,
    Plan,
    Roster,
    Turns,
    Window,
)
from shared.db import Tx

SAVE = """
INSERT INTO rosters (roster_id, organisation, tier, people, windows, phone, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)
ON CONFLICT (roster_id) DO UPDATE SET
    organisation = excluded.organisation, tier = excluded.tier, people = excluded.people,
    windows = excluded.windows, phone = excluded.phone,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""
ASKED = """
SELECT roster_id, organisation, tier, people, windows, phone FROM rosters
WHERE organisation = ANY ($1::text[]) ORDER BY tier, roster_id
"""
BY_ID = """
SELECT roster_id, organisation, tier, people, windows, phone FROM rosters WHERE roster_id = $1
"""
REMOVE = """
WITH gone AS (DELETE FROM rosters WHERE roster_id = $1 RETURNING *),
back AS (  -- or they would hold again for another roster of that name
    UPDATE roster_overrides SET taken_back_at = $3, taken_back_by = $4
    WHERE roster_id = $1 AND taken_back_at IS NULL)
INSERT INTO rosters_removed
    (removal_id, roster_id, organisation, tier, people, windows, removed_at, removed_by)
SELECT $2, roster_id, organisation, tier, people, windows, $3, $4 FROM gone
RETURNING removal_id
"""
OF_PERSON = """
SELECT roster_id, organisation, tier, people, windows, phone FROM rosters
WHERE $1 = ANY (people) OR roster_id IN (
    SELECT roster_id FROM roster_overrides
    WHERE steps_in = $1 AND taken_back_at IS NULL AND ends_at > $2)
ORDER BY tier, roster_id
"""
OVERRIDE = """
INSERT INTO roster_overrides
    (override_id, roster_id, starts_at, ends_at, leaves, steps_in, reason, made_at, made_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
OVERRIDES = """
SELECT * FROM roster_overrides
WHERE roster_id = ANY ($1::text[]) AND taken_back_at IS NULL
  AND ends_at > $2 AND ($3::timestamptz IS NULL OR starts_at < $3)
ORDER BY made_at, override_id
"""
TAKE_BACK = """
UPDATE roster_overrides SET taken_back_at = coalesce(taken_back_at, $3),
                            taken_back_by = coalesce(taken_back_by, $4)
WHERE roster_id = $1 AND override_id = $2 RETURNING override_id
"""


async def save(tx: Tx, roster: Roster, by: str) -> None:
    """Writes a roster, new or changed."""
    await tx.execute(
        SAVE,
        roster.roster_id,
        roster.organisation,
        roster.tier,
        list(roster.people),
        json.dumps([_document(each) for each in roster.windows]),
        roster.phone,
        tx.now,
        by,
    )


async def of_organisations(tx: Tx, organisations: Sequence[str]) -> dict[str, list[Roster]]:
    """All rosters of each of these organisations, the first tier first."""
    plans: dict[str, list[Roster]] = {each: [] for each in organisations}
    for row in await tx.fetch(ASKED, list(organisations)):
        plans[row["organisation"]].append(_roster(row))
    return plans


async def by_id(tx: Tx, roster_id: str) -> Roster | None:
    """One roster, if the caller may see it."""
    row = await tx.fetchrow(BY_ID, roster_id)
    return None if row is None else _roster(row)


async def remove(tx: Tx, roster_id: str, by: str) -> bool:
    """Deletes a roster, and keeps who did it and what it said; False when there was none."""
    return await tx.fetchval(REMOVE, roster_id, tx.ids.new(), tx.now, by) is not None


async def plans(
    tx: Tx, organisations: Sequence[str], since: datetime, until: datetime | None = None
) -> dict[str, Plan]:
    """The rosters of each of these, and the overrides that hold at some time from ``since`` on."""
    rosters = await of_organisations(tx, organisations)
    ids = [roster.roster_id for found in rosters.values() for roster in found]
    overrides = await _overrides(tx, ids, since, until)
    return {name: Plan.of(found, overrides) for name, found in rosters.items()}


async def plan_of(tx: Tx, staff_id: str, since: datetime, until: datetime) -> Plan:
    """The rosters by which somebody may serve from ``since`` until ``until``, as `plans`."""
    rosters = [_roster(row) for row in await tx.fetch(OF_PERSON, staff_id, since)]
    ids = [roster.roster_id for roster in rosters]
    return Plan.of(rosters, await _overrides(tx, ids, since - LONGEST_WATCH, until + LONGEST_WATCH))


async def _overrides(
    tx: Tx, roster_ids: Sequence[str], since: datetime, until: datetime | None
) -> list[Override]:
    return [_override(row) for row in await tx.fetch(OVERRIDES, roster_ids, since, until)]


async def save_override(tx: Tx, override: Override) -> None:
    """Writes a new one."""
    await tx.execute(
        OVERRIDE,
        override.override_id,
        override.roster_id,
        override.starts,
        override.ends,
        override.leaves,
        override.steps_in,
        override.reason,
        override.made_at,
        override.made_by,
    )


async def take_back(tx: Tx, roster_id: str, override_id: str, by: str) -> bool:
    """An override holds no more, since its first taking back; False when there is none."""
    return await tx.fetchval(TAKE_BACK, roster_id, override_id, tx.now, by) is not None


def _document(window: Window) -> dict[str, Any]:
    found: dict[str, Any] = {
        "dtstart": window.starts.isoformat(),
        "duration": window.duration.total_seconds(),
        "rrule": window.rrule,
        "holidays": window.holidays,
    }
    if window.turns is not None:
        found["turns"] = {
            "groups": window.turns.groups,
            "since": window.turns.since.isoformat(),
            "days": window.turns.days,
        }
    return found


def _window(found: dict[str, Any]) -> Window:
    turns = found.get("turns")
    return Window(
        datetime.fromisoformat(found["dtstart"]),
        timedelta(seconds=found["duration"]),
        found["rrule"],
        turns
        and Turns(
            tuple(tuple(each) for each in turns["groups"]),
            datetime.fromisoformat(turns["since"]),
            turns["days"],
        ),
        OnHolidays(found.get("holidays", OnHolidays.AS_EVER)),
    )


def _override(row: Any) -> Override:
    return Override(
        override_id=row["override_id"],
        roster_id=row["roster_id"],
        starts=row["starts_at"],
        ends=row["ends_at"],
        leaves=row["leaves"],
        steps_in=row["steps_in"],
        reason=row["reason"],
        made_by=row["made_by"],
        made_at=row["made_at"],
    )


def _roster(row: Any) -> Roster:
    return Roster(
        roster_id=row["roster_id"],
        organisation=row["organisation"],
        tier=row["tier"],
        people=tuple(row["people"]),
        windows=tuple(_window(each) for each in json.loads(row["windows"])),
        phone=row["phone"],
    )
