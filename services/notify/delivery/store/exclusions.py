"""Exclusions of incidents that came after an offer or a notice was asked for, in PostgreSQL.

Whoever reads an offer or a message finds them there, above the list that it came with.
"""

from shared.db import Tx
from shared.events.referral import ExclusionsForwarded

SAVE = """
INSERT INTO exclusions AS known (incident_id, excluded_people, version, heard_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (incident_id) DO UPDATE SET
    excluded_people = excluded.excluded_people, version = excluded.version,
    heard_at = excluded.heard_at
WHERE known.version < excluded.version
"""


async def save(tx: Tx, said: ExclusionsForwarded, version: int) -> None:
    """Keeps who must not learn of an incident from now on; what is older has no effect."""
    await tx.execute(SAVE, said.incident_id, said.excluded_people, version, tx.now)
