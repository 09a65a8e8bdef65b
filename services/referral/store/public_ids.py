"""Public ids in PostgreSQL: each is given once, and never again to another service request."""

from shared.db import Tx

CLAIM = """
INSERT INTO public_id (public_id) SELECT unnest($1::text[])
ON CONFLICT DO NOTHING RETURNING public_id
"""
OF = "SELECT id FROM service_request WHERE public_id = $1"


async def claim(tx: Tx, count: int) -> list[str]:
    """So many that nobody has; what is drawn and was given before is drawn anew."""
    claimed: list[str] = []
    while len(claimed) < count:
        drawn = {tx.ids.public() for _ in range(count - len(claimed))}
        # in one order: two transactions that draw the same would wait for each other
        claimed += [row["public_id"] for row in await tx.fetch(CLAIM, sorted(drawn))]
    return claimed


async def request_of(tx: Tx, public_id: str) -> str | None:
    """The service request that is called so; none if it is unknown or not shown."""
    found: str | None = await tx.fetchval(OF, public_id)
    return found
