"""Activities in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.committee.activities.model import Activity, Kind, Present, Topic, Way
from services.committee.appeals.model import Sex
from services.committee.entering import kept_of
from services.committee.entries import Ending, Kept
from services.committee.registry.model import Sector
from shared.db import Tx

SAVE = """
INSERT INTO activities (committee_id, entry_id, kind, happened_on, territory, topic, host, days,
                        channel, reach, present_sex, present_age, present_count, entered_at,
                        entered_by, first_id, first_at, replaces)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT DO NOTHING RETURNING true
"""
FIND = "SELECT * FROM activities WHERE entry_id = $1"
END = """
UPDATE activities SET ended_at = $2, ended_by = $3, ended_because = $4
WHERE entry_id = $1 AND ended_at IS NULL
RETURNING first_id, first_at
"""
STORY = """
SELECT activities.* FROM activities JOIN activities AS one USING (first_id)
WHERE one.entry_id = $1 ORDER BY activities.entered_at
"""
LISTED = """
SELECT * FROM activities
WHERE committee_id = $1 AND happened_on >= $2 AND happened_on < $3
    AND (happened_on, entry_id) < ($4, $5) AND ended_at IS NULL AND ($7::text IS NULL OR kind = $7)
ORDER BY happened_on DESC, entry_id DESC LIMIT $6
"""


async def save(tx: Tx, committee_id: str, kept: Kept[Activity]) -> bool:
    """A new entry; false where one has its id that the viewer may not know of."""
    draft, what = kept.draft, kept.what
    return bool(
        await tx.fetchval(
            SAVE,
            committee_id,
            draft.entry_id,
            what.kind,
            draft.happened_on,
            what.territory,
            what.topic,
            what.host,
            what.days,
            what.channel,
            what.reach,
            [each.sex for each in what.present],
            [each.age_band for each in what.present],
            [each.count for each in what.present],
            kept.entered_at,
            kept.entered_by,
            kept.story.first_id,
            kept.story.first_at,
            draft.replaces,
        )
    )


async def find(tx: Tx, entry_id: str) -> Kept[Activity] | None:
    """One that the viewer may see, ended or not."""
    row = await tx.fetchrow(FIND, entry_id)
    return None if row is None else _kept(row)


async def end(tx: Tx, entry_id: str, ending: Ending) -> Any:
    """Ends one that holds; ``first_id`` and ``first_at`` of its story, or none if none holds."""
    return await tx.fetchrow(END, entry_id, ending.at, ending.by, ending.because)


async def story(tx: Tx, entry_id: str) -> list[Kept[Activity]]:
    """All entries of the story of one, oldest first."""
    return [_kept(row) for row in await tx.fetch(STORY, entry_id)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which are wanted: a committee's, of days from the first of ``span`` to before its second."""

    committee_id: str
    span: tuple[date, date]
    kind: Kind | None = None


async def listed(
    tx: Tx, wanted: Wanted, behind: tuple[date, str], limit: int
) -> Sequence[Kept[Activity]]:
    """Those that hold, latest first."""
    asked = (wanted.committee_id, *wanted.span, *behind, limit, wanted.kind)
    return [_kept(row) for row in await tx.fetch(LISTED, *asked)]


def _kept(row: Any) -> Kept[Activity]:
    columns = zip(row["present_sex"], row["present_age"], row["present_count"], strict=True)
    what = Activity(
        kind=Kind(row["kind"]),
        territory=row["territory"],
        topic=Topic(row["topic"]),
        host=None if row["host"] is None else Sector(row["host"]),
        days=row["days"],
        channel=None if row["channel"] is None else Way(row["channel"]),
        reach=row["reach"],
        present=tuple(Present(sex=Sex(sex), age_band=age, count=n) for sex, age, n in columns),
    )
    return Kept(what=what, **kept_of(row, "happened_on"))
