"""Looks in PostgreSQL: written once."""

from collections.abc import Mapping, Sequence

from services.audit.seen.reading import Seen
from shared.db import Tx

KEEP = """
INSERT INTO views (event_id, at, what, kind, record, staff_id, organisation, session_id, found,
                   times, reason)
SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::text[], $9::boolean[], $10::int[], $11::text[])
ON CONFLICT (event_id) DO NOTHING
"""
KEEP_CASES = """
INSERT INTO cases (service_request_id, incident_id) SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (service_request_id) DO NOTHING
"""


async def keep(tx: Tx, seen: Sequence[Seen]) -> None:
    """Keeps what is not here yet."""
    await tx.execute(
        KEEP,
        [each.event_id for each in seen],
        [each.at for each in seen],
        [each.what for each in seen],
        [each.kind for each in seen],
        [each.record for each in seen],
        [each.staff_id for each in seen],
        [each.organisation for each in seen],
        [each.session_id for each in seen],
        [each.found for each in seen],
        [each.times for each in seen],
        [each.reason for each in seen],
    )


async def keep_cases(tx: Tx, incidents: Mapping[str, str]) -> None:
    """Of which incident each service request is: the first word of it stands."""
    await tx.execute(KEEP_CASES, list(incidents), list(incidents.values()))
