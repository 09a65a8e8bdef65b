"""Rosters in PostgreSQL."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.notify.rosters.model import Roster, Window
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
WITH gone AS (DELETE FROM rosters WHERE roster_id = $1 RETURNING *)
INSERT INTO rosters_removed
    (removal_id, roster_id, organisation, tier, people, windows, removed_at, removed_by)
SELECT $2, roster_id, organisation, tier, people, windows, $3, $4 FROM gone
RETURNING removal_id
"""


async def save(tx: Tx, roster: Roster, by: str) -> None:
    """Writes a roster, new or changed."""
    windows = [
        {
            "dtstart": window.starts.isoformat(),
            "duration": window.duration.total_seconds(),
            "rrule": window.rrule,
        }
        for window in roster.windows
    ]
    await tx.execute(
        SAVE,
        roster.roster_id,
        roster.organisation,
        roster.tier,
        list(roster.people),
        json.dumps(windows),
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


def _roster(row: Any) -> Roster:
    windows = tuple(
        Window(
            datetime.fromisoformat(each["dtstart"]),
            timedelta(seconds=each["duration"]),
            each["rrule"],
        )
        for each in json.loads(row["windows"])
    )
    return Roster(
        roster_id=row["roster_id"],
        organisation=row["organisation"],
        tier=row["tier"],
        people=tuple(row["people"]),
        windows=windows,
        phone=row["phone"],
    )
