"""People and their sealed data. A group shows itself only to who has recorded the reading of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.intake.model.persons import Person, Role
from services.intake.vault import seal
from shared.db import Tx

INSERT = """
INSERT INTO persons (person_id, incident_id, role, position)
SELECT person_id, $1, role, position
FROM unnest($2::text[], $3::text[], $4::smallint[]) AS new(person_id, role, position)
"""
INSERT_DATA = """
INSERT INTO person_data (person_id, field_group, sealed)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[])
"""
SEALED = """
SELECT p.person_id, p.role, d.field_group, d.sealed
FROM persons p JOIN person_data d USING (person_id)
WHERE p.incident_id = $1 ORDER BY p.position, d.field_group
"""
SURVIVOR = "SELECT person_id FROM persons WHERE incident_id = $1 AND role = 'survivor'"
ADD_GROUP = "INSERT INTO person_data (person_id, field_group, sealed) VALUES ($1, $2, $3)"
LIVING = "SELECT person_id FROM persons WHERE person_id = ANY ($1::text[])"


@dataclass(frozen=True, slots=True)
class SealedGroup:
    """One group of somebody's data, as it lies in the table."""

    person_id: str
    role: Role
    group: str
    sealed: bytes


async def add(
    tx: Tx, incident_id: str, people: Sequence[Person], keys: Mapping[str, bytes]
) -> None:
    """Writes people, each group sealed with the person's own data key."""
    await tx.execute(
        INSERT,
        incident_id,
        [person.person_id for person in people],
        [person.role.value for person in people],
        list(range(len(people))),
    )
    groups = [
        (person.person_id, group, seal(keys[person.person_id], person.person_id, group, fields))
        for person in people
        for group, fields in person.groups.items()
    ]
    await tx.execute(INSERT_DATA, *(list(column) for column in zip(*groups, strict=True)))


async def sealed(tx: Tx, incident_id: str) -> list[SealedGroup]:
    """What the reading recorded in this transaction shows, and nothing else."""
    return [
        SealedGroup(row["person_id"], Role(row["role"]), row["field_group"], bytes(row["sealed"]))
        for row in await tx.fetch(SEALED, incident_id)
    ]


async def survivor(tx: Tx, incident_id: str) -> str:
    """Whom an incident happened to."""
    found: str = await tx.fetchval(SURVIVOR, incident_id)
    return found


async def add_group(tx: Tx, person_id: str, group: str, sealed: bytes) -> None:
    """Writes one more group of somebody's data."""
    await tx.execute(ADD_GROUP, person_id, group, sealed)


async def living(tx: Tx, person_ids: Iterable[str]) -> set[str]:
    """Those of these ids that belong to somebody."""
    return {row["person_id"] for row in await tx.fetch(LIVING, list(person_ids))}
