"""Asking: who looked at what, as far as whoever asks oversees it.

An auditor is shown all. A coordinator is shown what was done with cases of the own territories; and
what is of no case, by people of the own organisation, or of one that was asked there. Which case it
was is told on the page of a case alone, which referral opens: audit does not know whom a case is
hidden from, and a list with its id would tell them that it is there (docs/decisions/0038).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.audit.figures.period import Period
from services.audit.seen import lists
from services.audit.seen.lists import Among, Look
from services.audit.seen.reading import What
from shared.db import Tx
from shared.errors import Invalid, NotFound
from shared.events.words import Role
from shared.jurisdiction import Jurisdiction
from shared.security.visibility import Viewer

FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
MOST_ROWS = 100_000
"""Of a table: more than a spreadsheet is good for, and as much as is held in memory."""


class Of(StrEnum):
    """Of what: what was done with one case, by one person, by people of one organisation, by all
    of them."""

    CASE = "case"
    PERSON = "person"
    ORGANISATION = "organisation"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for: ``of_id`` is an id of a case (its report's, a need's or an offer's),
    of a person or of an organisation. From ``since`` on, up to ``until``, both days included."""

    of: Of
    of_id: str = ""
    since: date | None = None
    until: date | None = None
    what: tuple[What, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What it is sought among; ``withheld``: no record may be named."""

    among: Among
    withheld: bool


async def understood(tx: Tx, country: Jurisdiction, viewer: Viewer, wanted: Wanted) -> Understood:
    """Raises `NotFound` for a case that nobody knows, or that is not the viewer's, and `Invalid`
    for what cannot be."""
    if not wanted.of_id and wanted.of is not Of.EVERYBODY:
        raise Invalid("id", "is needed")
    since, until = _instants(country, wanted)
    everything = viewer.has(Role.AUDITOR)
    if wanted.of is Of.CASE:
        ids = await _records(tx, viewer, wanted.of_id)
    else:
        ids = [wanted.of_id]
    own = not everything and wanted.of is not Of.CASE
    asked = await lists.asked_in(tx, viewer.areas) if own else set()
    among = Among(
        column=wanted.of,
        ids=ids,
        since=since,
        until=until,
        what=wanted.what,
        areas=viewer.areas if own else None,
        organisations=[*asked | {viewer.organisation}],
    )
    return Understood(among, own)


def whole(looks: Sequence[Look]) -> Sequence[Look]:
    """All of them, for one table. Raises `Invalid` for more than `MOST_ROWS`."""
    if len(looks) > MOST_ROWS:
        raise Invalid("since", "is too long a time for one table: ask for less of it")
    return looks


async def _records(tx: Tx, viewer: Viewer, of_id: str) -> Sequence[str]:
    """All ids of a case."""
    found = await lists.records(tx, of_id)
    if viewer.has(Role.AUDITOR) and found:
        return found
    if not any(map(viewer.covers, await lists.places(tx, found))):
        raise NotFound
    return found


def _instants(country: Jurisdiction, wanted: Wanted) -> tuple[datetime, datetime]:
    first, last = wanted.since or FIRST, wanted.until or LAST
    if last < first:
        raise Invalid("until", "must not end before it begins")
    return Period(first, last + timedelta(days=1)).instants(country.zone)
