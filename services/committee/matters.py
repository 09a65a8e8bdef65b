"""Matters: what anything is about, who left one, and who is excluded from the incident of one."""

from collections.abc import Collection, Iterable

from services.committee.deps import Deps
from shared import locks
from shared.db import Tx
from shared.errors import NotFound, Unavailable
from shared.events import Event
from shared.events.intake import ExclusionsChanged
from shared.security.staff import Member

OPEN = "INSERT INTO matters (matter_id, committee_id, opened_at) VALUES ($1, $2, $3)"
LINK = """
UPDATE matters SET incident_id = $2, linked_by = $3,
    excluded_digests = coalesce(said.digests, '{}'), heard = said.digests IS NOT NULL
FROM (SELECT (SELECT digests FROM exclusions_heard WHERE incident_id = $2) AS digests) AS said
WHERE matter_id = $1
"""
LEAVE = """
INSERT INTO recusals (matter_id, staff_id, declared_by, declared_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
HEAR = """
INSERT INTO exclusions_heard (incident_id, digests, heard_at) VALUES ($1, $2, $3)
ON CONFLICT (incident_id) DO UPDATE SET heard_at = excluded.heard_at, digests = ARRAY(
    SELECT unnest(exclusions_heard.digests) UNION SELECT unnest(excluded.digests))
"""
"""Nobody who was excluded is let in again."""
LEFT = """
SELECT DISTINCT staff_id FROM recusals JOIN matters USING (matter_id)
JOIN matters AS this
    ON matters.matter_id = this.matter_id OR matters.incident_id = this.incident_id
WHERE this.matter_id = $1
"""
CARRIED = """
SELECT incident_id, excluded_digests, heard, linked_by FROM matters WHERE matter_id = $1
"""
UNHEARD = "SELECT matter_id FROM matters WHERE matter_id = ANY($1) AND NOT heard"
OF = "SELECT 1 FROM matters WHERE matter_id = $1 AND committee_id = $2"
EXCLUDE = """
UPDATE matters SET excluded_digests = said.digests, heard = true
FROM exclusions_heard AS said
WHERE matters.incident_id = $1 AND said.incident_id = $1
"""


async def opened(tx: Tx, committee_id: str) -> str:
    """A new matter of a committee; its id."""
    matter_id = tx.ids.new()
    await tx.execute(OPEN, matter_id, committee_id, tx.now)
    return matter_id


async def link(tx: Tx, matter_id: str, incident_id: str, by: str) -> None:
    """It is about this incident: whoever is excluded from that sees nothing of it.

    Until intake has said whom it excludes, nobody does but whoever linked it: they reported it.
    """
    await _alone_with(tx, incident_id)
    await tx.execute(LINK, matter_id, incident_id, by)


async def leave(tx: Tx, matter_id: str, staff_id: str, by: str) -> None:
    """Somebody has a conflict: from now on, and for what was before, it is not there for them."""
    await tx.execute(LEAVE, matter_id, staff_id, by, tx.now)


async def must_be_of(tx: Tx, matter_id: str, committee_id: str) -> None:
    """Raises `NotFound` unless it is a matter of this committee that the viewer may see."""
    if await tx.fetchval(OF, matter_id, committee_id) is None:
        raise NotFound("no such matter")


async def unheard(tx: Tx, matter_ids: Collection[str]) -> frozenset[str]:
    """Those of which intake has not said yet whom the incident excludes: it takes moments."""
    return frozenset(row["matter_id"] for row in await tx.fetch(UNHEARD, list(matter_ids)))


async def must_be_heard(tx: Tx, matter_id: str) -> None:
    """Raises `Unavailable` while it is unknown who must not learn of it: nobody is taken for
    somebody who left."""
    if await unheard(tx, [matter_id]):
        raise Unavailable("intake")


async def left(tx: Tx, matter_id: str) -> frozenset[str]:
    """Who left it, or another matter of its incident: staff ids."""
    return frozenset(row["staff_id"] for row in await tx.fetch(LEFT, matter_id))


async def hidden_from(
    tx: Tx, deps: Deps, matter_id: str, people: Iterable[Member]
) -> frozenset[str]:
    """Who of these must not learn of it: they left it, or its incident excludes them."""
    return (await left(tx, matter_id)).union(await excluded(tx, deps, matter_id, people))


async def excluded(tx: Tx, deps: Deps, matter_id: str, people: Iterable[Member]) -> frozenset[str]:
    """Whom of these its incident excludes, or may exclude while intake has not said: staff ids.

    Raises `NotFound` without the matter.
    """
    row = await tx.fetchrow(CARRIED, matter_id)
    if row is None:
        raise NotFound("no such matter")
    if not row["heard"]:
        return frozenset(each.staff_id for each in people) - {row["linked_by"]}
    return frozenset(
        each.staff_id
        for each in people
        if row["excluded_digests"]
        and deps.digests.hit(row["incident_id"], each.tags, row["excluded_digests"])
    )


async def hear(tx: Tx, incident_id: str, digests: Collection[str]) -> None:
    """Intake says whom the incident excludes: it may be linked to a matter later."""
    await _alone_with(tx, incident_id)
    await tx.execute(HEAR, incident_id, list(digests), tx.now)
    await tx.execute(EXCLUDE, incident_id)


async def on_exclusions_changed(
    _deps: Deps, tx: Tx, _event: Event[ExclusionsChanged], body: ExclusionsChanged
) -> None:
    """Keeps who must not learn of an incident."""
    await hear(tx, body.incident_id, body.excluded_digests)


async def _alone_with(tx: Tx, incident_id: str) -> None:
    """A link that is not committed yet is not there for what is heard meanwhile, nor the other way
    round: the matter would wait for a word that has been said."""
    await locks.hold(tx, locks.slot("incident", incident_id))
