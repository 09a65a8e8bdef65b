"""Figures out of PostgreSQL: two statements a report, each over a whole set of committees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.committee.report.model.figures import Row
from services.committee.report.model.period import Clock, Period
from services.committee.report.sources import ENTERED, NEEDS, REPORTED, STANDING
from shared.db import Tx

COMMITTEE = -1
"""In place of the digits of a level: rows of each committee."""
_UNION = "\nUNION ALL\n"
PLANNED_ANEW = "SET LOCAL plan_cache_mode TO force_custom_plan"
"""A plan for any committees and any clock is one for a handful of rows: ten times as slow for a
country, and PostgreSQL takes to it at the sixth report of a connection."""
COUNTED = f"""
WITH needs AS MATERIALIZED ({NEEDS}),
facts (committee_id, figure, parts, day, value) AS ({_UNION.join((*STANDING, *ENTERED))})
SELECT key, figure, parts,
       coalesce(sum(value) FILTER (WHERE day >= $1), 0)::bigint AS now,
       coalesce(sum(value) FILTER (WHERE day < $4), 0)::bigint AS before
FROM facts JOIN unnest($8, $9::text[]) AS place (committee_id, key) USING (committee_id)
WHERE facts.committee_id = ANY ($8)
    AND day >= $3 AND day < $2 AND (day >= $1 OR day < $4)  -- one range: an index has it
    AND ($10::text[] IS NULL OR figure = ANY ($10))
GROUP BY key, figure, parts
"""
_NOTHING = "".join(
    f"""
    AND NOT EXISTS (
        SELECT FROM ({each}) AS facts (committee_id, figure, parts, day, value)
        WHERE facts.committee_id = committees.committee_id AND day >= $1 AND day < $2)"""
    for each in REPORTED
)
SILENT = f"""
WITH needs AS ({NEEDS})
SELECT committee_id, organisation, territory FROM committees
WHERE committee_id = ANY ($8)
    AND EXISTS (
        SELECT FROM terms
        WHERE terms.committee_id = committees.committee_id
            AND term_from <= ($7::date[])[1] AND term_to >= $1){_NOTHING}
ORDER BY territory, committee_id
"""
PLACES = """
SELECT committee_id, organisation, territory FROM committees
WHERE starts_with(territory, $1) AND ($2::text IS NULL OR committee_id = $2)
ORDER BY territory, committee_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What a statement counts: which committees, of which time, by which clock.

    ``area`` is a prefix of territory codes; ``zone`` the jurisdiction's; ``today`` the day there.
    """

    period: Period
    clock: Clock
    zone: str
    today: date
    area: str
    committee_id: str | None = None

    @property
    def arguments(self) -> tuple[object, ...]:
        """As `sources` numbers them, but for the committees."""
        now, before = self.period, self.period.before
        return (
            now.first,
            now.after,
            before.first,
            before.after,
            self.clock is Clock.ENTERED,
            self.zone,
            [now.standing(self.today), before.standing(self.today)],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Of:
    """A committee as reports name it."""

    committee_id: str
    organisation: str
    territory: str


async def counted(tx: Tx, cut: Cut, digits: int, figures: Sequence[str] | None = None) -> list[Row]:
    """Rows of places whose codes begin with ``digits`` digits, or of each committee; of all figures
    or of these alone."""
    named = await places(tx, cut.area, cut.committee_id)
    ids = [each.committee_id for each in named]
    keys = ids if digits == COMMITTEE else [each.territory[:digits] for each in named]
    wanted = None if figures is None else list(figures)
    await tx.execute(PLANNED_ANEW)
    return [
        Row(
            key=row["key"],
            figure=row["figure"],
            parts=tuple(row["parts"]),
            now=row["now"],
            before=row["before"],
        )
        for row in await tx.fetch(COUNTED, *cut.arguments, ids, keys, wanted)
    ]


async def silent(tx: Tx, cut: Cut) -> list[Of]:
    """Committees that might have sat in the period, and have no entry of it."""
    ids = [each.committee_id for each in await places(tx, cut.area, cut.committee_id)]
    await tx.execute(PLANNED_ANEW)
    return [_of(row) for row in await tx.fetch(SILENT, *cut.arguments, ids)]


async def places(tx: Tx, area: str, committee_id: str | None = None) -> list[Of]:
    """All committees of an area, or the one."""
    return [_of(row) for row in await tx.fetch(PLACES, area, committee_id)]


def _of(row: Any) -> Of:
    return Of(
        committee_id=row["committee_id"],
        organisation=row["organisation"],
        territory=row["territory"],
    )
