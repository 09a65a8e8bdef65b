"""Lists of who looked at what, out of what is kept; and what a case is known by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.audit.seen.reading import What
from shared.db import Tx

_OF = {
    "case": "v.record = ANY ($1)",
    "person": "v.staff_id = ANY ($1)",
    "organisation": "v.organisation = ANY ($1)",
    "everybody": "$1::text[] IS NOT NULL",
}
_AMONG = """
FROM views AS v
-- of a refused sign-in or link it is known whose that is, and where they were last
LEFT JOIN LATERAL (
    SELECT organisation AS theirs FROM views AS other
    WHERE v.organisation IS NULL AND other.staff_id = v.staff_id
        AND other.organisation IS NOT NULL
    ORDER BY other.at DESC LIMIT 1
) AS known ON true
LEFT JOIN LATERAL (
    SELECT kind AS seat FROM views AS other
    WHERE other.what = 'signed-in' AND other.session_id = v.session_id LIMIT 1
) AS sat ON true
LEFT JOIN LATERAL (
    SELECT coalesce(
        (SELECT territory FROM request_facts WHERE service_request_id = v.record),
        (SELECT territory FROM offer_facts WHERE offer_id = v.record),
        (SELECT min(territory) FROM cases JOIN request_facts USING (service_request_id)
         WHERE incident_id = v.record)
    ) AS place
) AS lies ON $5::text[] IS NOT NULL AND v.record IS NOT NULL
WHERE {of} AND v.at >= $2 AND v.at < $3 AND (cardinality($4::text[]) = 0 OR v.what = ANY ($4))
-- what is not there, what is hidden and what lies elsewhere are refused alike, and told alike
AND ($5::text[] IS NULL
    OR ((place IS NULL OR v.what = 'read-refused')
        AND coalesce(v.organisation, theirs) = ANY ($6::text[]))
    OR EXISTS (SELECT FROM unnest($5::text[]) AS area WHERE starts_with(place, area)))
"""
LIST = """
SELECT v.event_id, v.at, v.what, v.kind, v.record, v.staff_id,
    coalesce(v.organisation, theirs) AS organisation, seat, v.found, v.times, v.reason
{among} AND ($7::timestamptz IS NULL OR (v.at, v.event_id) < ($7, $8::text))
ORDER BY v.at DESC, v.event_id DESC LIMIT $9
"""
COUNTS = """
SELECT v.what, v.kind, v.reason, sum(CASE v.what WHEN 'exported' THEN 1 ELSE v.times END)::int AS n
{among} GROUP BY v.what, v.kind, v.reason ORDER BY n DESC, v.what, v.kind, v.reason
"""
RECORDS = """
WITH incidents AS (
    SELECT incident_id FROM cases WHERE service_request_id = $1 OR incident_id = $1
    UNION
    SELECT incident_id FROM cases JOIN offer_facts USING (service_request_id) WHERE offer_id = $1
), requests AS (
    SELECT service_request_id FROM cases JOIN incidents USING (incident_id)
    UNION  -- what was opened before it was kept of which incident it is
    SELECT service_request_id FROM request_facts WHERE service_request_id = $1
    UNION
    SELECT service_request_id FROM offer_facts WHERE offer_id = $1
)
SELECT incident_id FROM incidents UNION SELECT service_request_id FROM requests
UNION SELECT offer_id FROM offer_facts JOIN requests USING (service_request_id)
"""
PLACES = """
SELECT DISTINCT territory FROM request_facts
WHERE service_request_id = ANY ($1) AND territory IS NOT NULL
"""
ASKED_IN = """
SELECT DISTINCT organisation FROM offer_facts
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS area WHERE starts_with(territory, area))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """What is sought: ``ids`` of a ``column`` (a case's records, a person, an organisation), from
    ``since`` on and before ``until``, of these kinds of doing, all where none is named.

    ``areas``: of records that lie there, and of no record by people of ``organisations``; none:
    whatever it is of.
    """

    column: str
    ids: Sequence[str]
    since: datetime
    until: datetime
    what: Sequence[What]
    areas: Sequence[str] | None
    organisations: Sequence[str]

    @property
    def args(self) -> tuple[object, ...]:
        """For a statement."""
        areas = None if self.areas is None else list(self.areas)
        period = self.since, self.until
        return list(self.ids), *period, list(self.what), areas, list(self.organisations)

    def statement(self, template: str) -> str:
        """Of these."""
        return template.format(among=_AMONG.format(of=_OF[self.column]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One of them, as `reading.Seen`; ``seat`` is the kind of the session, where that is known."""

    event_id: str
    at: datetime
    what: What
    kind: str
    record: str | None
    staff_id: str | None
    organisation: str | None
    seat: str | None
    found: bool | None
    times: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How often; of tables how many tables."""

    what: What
    kind: str
    reason: str | None
    times: int


async def newest(
    tx: Tx, among: Among, behind: tuple[datetime, str] | None, at_most: int
) -> list[Look]:
    """The newest first, behind a place in that order."""
    at, event_id = behind or (None, None)
    rows = await tx.fetch(among.statement(LIST), *among.args, at, event_id, at_most)
    return [Look(**dict(row) | {"what": What(row["what"])}) for row in rows]


async def counts(tx: Tx, among: Among) -> list[Count]:
    """The most first."""
    rows = await tx.fetch(among.statement(COUNTS), *among.args)
    return [Count(What(row["what"]), row["kind"], row["reason"], row["n"]) for row in rows]


async def records(tx: Tx, of_id: str) -> list[str]:
    """All ids of the case that one of its ids names: of its report, its needs and their offers."""
    return [row[0] for row in await tx.fetch(RECORDS, of_id)]


async def places(tx: Tx, of: Collection[str]) -> list[str]:
    """Where needs lie, each place once."""
    return [row[0] for row in await tx.fetch(PLACES, list(of))]


async def asked_in(tx: Tx, areas: Collection[str]) -> set[str]:
    """The organisations that were asked about a case of these areas."""
    return {row[0] for row in await tx.fetch(ASKED_IN, list(areas))}
