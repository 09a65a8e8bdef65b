"""Visibility: whose committee it is, and which of its matters a viewer must not learn of.

Whoever declared a conflict, or was said to have one, and whoever is excluded from the incident of a
matter, sees nothing of it, before or after: no row, and so no count, number, minutes or figure.
"""

from dataclasses import dataclass

from services.committee.deps import Deps
from services.committee.registry.handlers import today
from shared.db import Tx
from shared.errors import Forbidden, NotFound
from shared.events.words import SYSTEM, Role
from shared.security import staff
from shared.security.staff import Member
from shared.security.visibility import Viewer, act_as

NOBODY = Member(staff_id="", organisation="", roles=frozenset(), active=False, tags=frozenset())
LEFT = """
SELECT same.matter_id FROM recusals JOIN matters USING (matter_id)
JOIN matters AS same
    ON same.matter_id = matters.matter_id OR same.incident_id = matters.incident_id
WHERE recusals.staff_id = $1
"""
"""Whoever left one matter of an incident has left each: people may write of it more than once."""
CARRIED = """
SELECT matters.matter_id, matters.incident_id, matters.excluded_digests,
       NOT matters.heard AND matters.linked_by <> $2 AS unheard
FROM matters JOIN committees USING (committee_id)
WHERE committees.organisation = $1 AND (matters.excluded_digests <> '{}' OR NOT matters.heard)
"""
"""``unheard``: intake has not said yet whom the incident excludes, so it may be anybody but whoever
reported and linked it."""
SITS = """
SELECT EXISTS (
    SELECT FROM members JOIN committees USING (committee_id)
    WHERE organisation = $1 AND staff_id = $2
      AND member_from <= $3 AND (member_to IS NULL OR member_to >= $3))
"""
CHAIR = "SELECT chair FROM committees WHERE organisation = $1"
HIDE = "SELECT set_config('app.hidden', $1, true)"


@dataclass(frozen=True, slots=True)
class Looker:
    """Whoever looks, as the register has them, and the matters that are hidden from them."""

    member: Member
    hidden: frozenset[str]


async def look(tx: Tx, deps: Deps, viewer: Viewer) -> Looker:
    """From here on the database hides from the viewer what they must not learn of.

    Raises `NotFound` for whoever does not serve where their token says, and for a member who sits
    no more: an account outlives a seat. A secretary is one by role, until that is taken away.
    Every digest is computed and compared, whatever comes of it.
    """
    member = (await staff.find(tx, [viewer.staff_id])).get(viewer.staff_id, NOBODY)
    await act_as(tx, SYSTEM)
    left = {row["matter_id"] for row in await tx.fetch(LEFT, viewer.staff_id)}
    carried = await tx.fetch(CARRIED, viewer.organisation, viewer.staff_id)
    sits = await tx.fetchval(SITS, viewer.organisation, viewer.staff_id, today(tx, deps))
    await act_as(tx, viewer.staff_id)
    hits = [
        row["matter_id"]
        for row in carried
        if deps.digests.hit(row["incident_id"], member.tags, row["excluded_digests"])
        or row["unheard"]
    ]
    hidden = frozenset(left.union(hits))
    await tx.execute(HIDE, ",".join(sorted(hidden)))
    if not member.active or member.organisation != viewer.organisation:
        raise NotFound
    if viewer.has(Role.MEMBER) and not viewer.has(Role.SECRETARY) and not sits:
        raise NotFound
    return Looker(member, hidden)


async def keeps(tx: Tx, viewer: Viewer) -> bool:
    """Whether the viewer keeps a committee's registers: its secretary, or the member whom the
    registry names its chair. To one who sits no more `look` shows nothing."""
    if viewer.has(Role.SECRETARY):
        return True
    return bool(await tx.fetchval(CHAIR, viewer.organisation) == viewer.staff_id)


async def must_keep(tx: Tx, viewer: Viewer) -> None:
    """Raises `Forbidden` for whoever does not."""
    if not await keeps(tx, viewer):
        raise Forbidden("only the chair or the secretary may")
