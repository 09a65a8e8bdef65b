"""Matters: what anything is about, who left one, and who is excluded from the incident of one."""

from collections.abc import Sequence

from services.committee.deps import Deps
from shared.db import Tx
from shared.events import Event
from shared.events.intake import ExclusionsChanged

OPEN = "INSERT INTO matters (matter_id, committee_id, opened_at) VALUES ($1, $2, $3)"
LINK = """
UPDATE matters SET incident_id = $2, excluded_digests = coalesce(
    (SELECT digests FROM exclusions_heard WHERE incident_id = $2), '{}')
WHERE matter_id = $1
"""
LEAVE = """
INSERT INTO recusals (matter_id, staff_id, declared_by, declared_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
HEAR = """
INSERT INTO exclusions_heard (incident_id, digests, heard_at) VALUES ($1, $2, $3)
ON CONFLICT (incident_id) DO UPDATE SET digests = excluded.digests, heard_at = excluded.heard_at
"""
EXCLUDE = "UPDATE matters SET excluded_digests = $2 WHERE incident_id = $1"


async def opened(tx: Tx, committee_id: str) -> str:
    """A new matter of a committee; its id."""
    matter_id = tx.ids.new()
    await tx.execute(OPEN, matter_id, committee_id, tx.now)
    return matter_id


async def link(tx: Tx, matter_id: str, incident_id: str) -> None:
    """It is about this incident: whoever is excluded from that sees nothing of it."""
    await tx.execute(LINK, matter_id, incident_id)


async def leave(tx: Tx, matter_id: str, staff_id: str, by: str) -> None:
    """Somebody has a conflict: from now on, and for what was before, it is not there for them."""
    await tx.execute(LEAVE, matter_id, staff_id, by, tx.now)


async def on_exclusions_changed(
    _deps: Deps, tx: Tx, _event: Event[ExclusionsChanged], body: ExclusionsChanged
) -> None:
    """Keeps who must not learn of an incident: it may be linked to a matter later."""
    digests: Sequence[str] = body.excluded_digests
    await tx.execute(HEAR, body.incident_id, list(digests), tx.now)
    await tx.execute(EXCLUDE, body.incident_id, list(digests))
