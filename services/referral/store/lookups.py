"""Look-ups by operators in PostgreSQL: who asked about which public id, be there one or not."""

from datetime import datetime

from shared.db import Tx

ASKED = (
    "SELECT count(*) AS times, min(at) AS first FROM desk_lookup WHERE staff_id = $1 AND at > $2"
)
KEEP = "INSERT INTO desk_lookup (staff_id, public_id, at) VALUES ($1, $2, $3)"


async def asked(tx: Tx, staff_id: str, since: datetime) -> tuple[int, datetime | None]:
    """How often somebody has asked since then, and when first."""
    (row,) = await tx.fetch(ASKED, staff_id, since)
    return row["times"], row["first"]


async def keep(tx: Tx, staff_id: str, public_id: str) -> None:
    """Writes down that somebody asks."""
    await tx.execute(KEEP, staff_id, public_id, tx.now)
