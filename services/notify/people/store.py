"""People and organisations in PostgreSQL. Row-level security decides which rows a caller meets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.notify.people.model import Organisation, Person
from shared import locks
from shared.db import Tx
from shared.events.words import SYSTEM

SAVE_ORGANISATION = """
INSERT INTO organisations AS known
    (organisation, kind, territories, listed, version, changed_at, changed_by, desks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (organisation) DO UPDATE SET
    -- one that goes keeps what it was
    kind = CASE WHEN excluded.listed THEN excluded.kind ELSE known.kind END,
    territories = CASE WHEN excluded.listed THEN excluded.territories ELSE known.territories END,
    listed = excluded.listed, version = excluded.version, desks = excluded.desks,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by
WHERE known.version < excluded.version
RETURNING organisation
"""
SAVE_PERSON = """
INSERT INTO people (staff_id, name, organisation, roles, languages, phone, email, territories,
                    active, desk_phone, former_tags, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (staff_id) DO UPDATE SET
    name = excluded.name, organisation = excluded.organisation, roles = excluded.roles,
    languages = excluded.languages, phone = excluded.phone, email = excluded.email,
    territories = excluded.territories, active = excluded.active,
    desk_phone = excluded.desk_phone,
    -- only ever added
    former_tags = ARRAY(SELECT DISTINCT unnest(people.former_tags || excluded.former_tags)),
    changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""
ORGANISATION = """
SELECT organisation, kind, territories, listed, desks FROM organisations WHERE organisation = $1
"""
KEPT_BY = """
SELECT organisation FROM organisations
WHERE listed AND organisation > $1 AND (has_role('administrator') OR coordinates(organisation))
ORDER BY organisation LIMIT $2
"""
BY_ID = """
SELECT p.*, o.kind, o.territories AS organisation_territories
FROM people p JOIN organisations o USING (organisation)
WHERE p.staff_id = ANY ($1::text[])
"""
BY_ORGANISATIONS = """
SELECT p.*, o.kind, o.territories AS organisation_territories
FROM people p JOIN organisations o USING (organisation)
WHERE p.organisation = ANY ($1::text[]) ORDER BY p.name, p.staff_id
"""
BY_PHONE = """
SELECT p.*, o.kind, o.territories AS organisation_territories
FROM people p JOIN organisations o USING (organisation)
WHERE p.phone = $1 AND p.active ORDER BY p.staff_id
"""
BY_ROLE = """
SELECT p.*, o.kind, o.territories AS organisation_territories
FROM people p JOIN organisations o USING (organisation)
WHERE p.active AND $1 = ANY (p.roles)
  AND ($2::text IS NULL OR p.organisation = $2)
  AND ($3::text IS NULL OR EXISTS (
      SELECT FROM unnest(p.territories) prefix WHERE starts_with($3, prefix)))
ORDER BY p.staff_id
"""


IN_AREA = """
SELECT p.*, o.kind, o.territories AS organisation_territories
FROM people p JOIN organisations o USING (organisation)
WHERE p.active AND EXISTS (
    SELECT FROM unnest(o.territories || p.territories) AS area
    WHERE starts_with(area, $1) OR starts_with($1, area))
"""
ASKED = """
SELECT count(*) AS times, min(asked_at) AS first FROM lookups WHERE asked_by = $1 AND asked_at > $2
"""
RECORD = """
INSERT INTO lookups (lookup_id, asked_by, asked_at, organisation, area) VALUES ($1, $2, $3, $4, $5)
"""
SEARCH = """
SELECT p.*, o.kind, o.territories AS organisation_territories
FROM people p JOIN organisations o USING (organisation)
WHERE p.staff_id > $1 AND ($2::text IS NULL OR p.organisation = $2)
  -- spellings of one Kyrgyz name meet in one
  AND ($3::text IS NULL OR p.staff_id = $3
       OR strpos(translate(lower(p.name), 'өеёэүюңй', 'ооооууни'),
                 translate(lower($3), 'өеёэүюңй', 'ооооууни')) > 0)
ORDER BY p.staff_id LIMIT $4
"""
PAGE = """
SELECT p.*, o.kind, o.territories AS organisation_territories
FROM people p JOIN organisations o USING (organisation)
WHERE p.staff_id > $1 ORDER BY p.staff_id LIMIT $2
"""
HOLD = """
SELECT p.*, o.kind, o.territories AS organisation_territories
FROM people p JOIN organisations o USING (organisation)
WHERE p.staff_id = ANY ($1::text[]) ORDER BY p.staff_id FOR UPDATE OF p
"""
MARK_SAID = """
UPDATE people SET said = now.said, version = people.version + 1
FROM unnest($1::text[], $2::text[]) AS now(staff_id, said)
WHERE people.staff_id = now.staff_id AND people.said IS DISTINCT FROM now.said
RETURNING people.staff_id, people.version
"""


async def save_organisation(tx: Tx, organisation: Organisation, version: int) -> bool:
    """Writes what was heard of an organisation; False when it is no newer than what is known.

    Of one that is no longer listed kind and territories stay as they are known.
    """
    written = await tx.fetchval(
        SAVE_ORGANISATION,
        organisation.organisation,
        organisation.kind,
        list(organisation.territories),
        organisation.listed,
        version,
        tx.now,
        SYSTEM,
        list(organisation.desks),
    )
    return written is not None


async def save_person(tx: Tx, person: Person, by: str) -> None:
    """Writes a member of staff, new or changed."""
    await tx.execute(
        SAVE_PERSON,
        person.staff_id,
        person.name,
        person.organisation,
        sorted(person.roles),
        list(person.languages),
        person.phone,
        person.email,
        list(person.territories),
        person.active,
        person.desk_phone,
        sorted(person.former_tags),
        tx.now,
        by,
    )


async def organisation(tx: Tx, name: str) -> Organisation | None:
    """An organisation, listed or not; None if it has not been heard of."""
    row = await tx.fetchrow(ORGANISATION, name)
    if row is None:
        return None
    return Organisation(
        organisation=row["organisation"],
        kind=row["kind"],
        territories=tuple(row["territories"]),
        listed=row["listed"],
        desks=tuple(row["desks"]),
    )


async def kept_by(tx: Tx, after: str, most: int) -> list[str]:
    """So many organisations behind this one whose rosters the caller keeps or answers for."""
    return [row["organisation"] for row in await tx.fetch(KEPT_BY, after, most)]


async def by_id(tx: Tx, staff_ids: Iterable[str]) -> dict[str, Person]:
    """Those of these staff ids that are in the register, active or not."""
    rows = await tx.fetch(BY_ID, list(staff_ids))
    return {row["staff_id"]: _person(row) for row in rows}


async def in_area(tx: Tx, area: str) -> list[Person]:
    """Active staff who answer for this area (a SOATE prefix) or whose organisation is in it."""
    return [_person(row) for row in await tx.fetch(IN_AREA, area)]


async def asked(tx: Tx, asked_by: str, since: datetime) -> tuple[int, datetime | None]:
    """How often somebody has looked for names since then, and the first time; others of theirs
    wait until this transaction ends."""
    await locks.hold(tx, locks.slot("lookup", asked_by))
    row = await tx.fetchrow(ASKED, asked_by, since)
    return (0, None) if row is None else (row["times"], row["first"])


async def record_lookup(tx: Tx, asked_by: str, organisation: str | None, area: str | None) -> None:
    """Writes down who looked for a name, when and where; not which name."""
    await tx.execute(RECORD, tx.ids.new(), asked_by, tx.now, organisation, area)


async def search(
    tx: Tx, organisation: str | None, said: str | None, after: str, most: int
) -> list[Person]:
    """So many people behind this staff id: of an organisation, whose name has this in it or whose
    id it is."""
    return [_person(row) for row in await tx.fetch(SEARCH, after, organisation, said, most)]


async def lock(tx: Tx) -> bool:
    """Whether this transaction alone looks through the register until it ends."""
    return await locks.try_hold(tx, "people")


async def page(tx: Tx, after: str, most: int) -> list[tuple[Person, str | None]]:
    """So many people behind this staff id, with the fingerprint of what was last said of each."""
    return [(_person(row), row["said"]) for row in await tx.fetch(PAGE, after, most)]


async def hold(tx: Tx, staff_ids: Iterable[str]) -> list[Person]:
    """These people as they are now; nobody else changes them until this transaction ends."""
    return [_person(row) for row in await tx.fetch(HOLD, list(staff_ids))]


async def mark_said(tx: Tx, fingerprints: Mapping[str, str]) -> list[tuple[str, int]]:
    """Keeps what is said of people now; of whom it is something new, and their next version."""
    rows = await tx.fetch(MARK_SAID, list(fingerprints), list(fingerprints.values()))
    return sorted((row["staff_id"], row["version"]) for row in rows)


async def of_organisations(tx: Tx, organisations: Sequence[str]) -> dict[str, list[Person]]:
    """Everybody who serves in each of these or did, by name."""
    members: dict[str, list[Person]] = {each: [] for each in organisations}
    for row in await tx.fetch(BY_ORGANISATIONS, list(organisations)):
        members[row["organisation"]].append(_person(row))
    return members


async def by_phone(tx: Tx, phone: str) -> list[Person]:
    """Active staff with this number: a desk's telephone has several."""
    return [_person(row) for row in await tx.fetch(BY_PHONE, phone)]


async def by_role(
    tx: Tx, role: str, *, organisation: str | None = None, territory: str | None = None
) -> list[Person]:
    """Active staff with a role, who serve in ``organisation`` and answer for ``territory``."""
    return [_person(row) for row in await tx.fetch(BY_ROLE, role, organisation, territory)]


def _person(row: Any) -> Person:
    return Person(
        staff_id=row["staff_id"],
        name=row["name"],
        organisation=row["organisation"],
        organisation_kind=row["kind"],
        roles=frozenset(row["roles"]),
        languages=tuple(row["languages"]),
        phone=row["phone"],
        email=row["email"],
        territories=tuple(row["territories"]),
        active=row["active"],
        desk_phone=row["desk_phone"],
        former_tags=frozenset(row["former_tags"]),
        organisation_territories=tuple(row["organisation_territories"]),
        phone_verified_at=row["phone_verified_at"],
        email_verified_at=row["email_verified_at"],
    )
