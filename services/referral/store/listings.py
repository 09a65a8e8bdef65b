"""Listings in PostgreSQL: one row an organisation that was ever said, for the system alone."""

from collections.abc import Sequence
from dataclasses import asdict

from services.referral.directory.listings import Listing
from services.referral.store.rows import as_json
from shared import locks
from shared.db import Tx

KNOWN = "SELECT organisation, kind, territories, listed, version, desks FROM listing"
KEEP = """
INSERT INTO listing (organisation, kind, territories, listed, version, desks)
SELECT organisation, kind, territories, listed, version, desks
FROM json_populate_recordset(NULL::listing, $1::json)
ON CONFLICT (organisation) DO UPDATE SET kind = EXCLUDED.kind,
    territories = EXCLUDED.territories, listed = EXCLUDED.listed, version = EXCLUDED.version,
    desks = EXCLUDED.desks
"""


async def lock(tx: Tx) -> bool:
    """Whether this transaction alone may emit listings until it ends."""
    return await locks.try_hold(tx, "listings")


async def known(tx: Tx) -> dict[str, Listing]:
    """What was last said, by organisation."""
    return {
        row["organisation"]: Listing(
            row["organisation"],
            row["kind"],
            tuple(row["territories"]),
            row["listed"],
            row["version"],
            tuple(row["desks"]),
        )
        for row in await tx.fetch(KNOWN)
    }


async def keep(tx: Tx, listings: Sequence[Listing]) -> None:
    """Writes what is emitted in this transaction."""
    await tx.execute(KEEP, as_json([asdict(each) for each in listings]))
