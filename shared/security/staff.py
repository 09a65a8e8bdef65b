"""Staff as a service knows them: what notify's register says of everybody, kept as it was heard.

Whoever is not here is nobody: they see "not found", and nothing can be given to them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.db import Tx
from shared.events import Event
from shared.events.notify import StaffChanged

SAVE = """
INSERT INTO staff AS known (staff_id, organisation, roles, active, tags, version, heard_at,
                            organisation_kind)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (staff_id) DO UPDATE SET
    organisation = excluded.organisation, roles = excluded.roles, active = excluded.active,
    -- only ever added: who changes a number stays hidden from what the old one hides them from
    tags = ARRAY(SELECT DISTINCT unnest(known.tags || excluded.tags)),
    version = excluded.version, heard_at = excluded.heard_at,
    organisation_kind = excluded.organisation_kind
WHERE known.version < excluded.version
"""
FIND = "SELECT staff_id, organisation, roles, active, tags FROM staff WHERE staff_id = ANY ($1)"

OF_ORGANISATIONS = "SELECT staff_id FROM staff WHERE organisation = ANY ($1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of staff. ``tags``: all those under which they could have been excluded, those of
    a number or a name that has changed since among them."""

    staff_id: str
    organisation: str
    roles: frozenset[str]
    active: bool
    tags: frozenset[str]


async def find(tx: Tx, staff_ids: Iterable[str]) -> dict[str, Member]:
    """Those of these ids that were heard of, active or not."""
    return {
        row["staff_id"]: Member(
            staff_id=row["staff_id"],
            organisation=row["organisation"],
            roles=frozenset(row["roles"]),
            active=row["active"],
            tags=frozenset(row["tags"]),
        )
        for row in await tx.fetch(FIND, list(staff_ids))
    }


async def of_organisations(tx: Tx, organisations: Iterable[str]) -> list[str]:
    """Whoever serves in these organisations, or did when they were last heard of."""
    rows = await tx.fetch(OF_ORGANISATIONS, sorted(set(organisations)))
    return [row["staff_id"] for row in rows]


async def on_staff_changed(tx: Tx, event: Event[StaffChanged], body: StaffChanged) -> None:
    """Keeps what was said of somebody; what is older than what is held has no effect."""
    await tx.execute(
        SAVE,
        body.staff_id,
        body.organisation,
        list(body.roles),
        body.active,
        list(body.tags),
        event.aggregate_version,
        tx.now,
        body.organisation_kind,
    )
