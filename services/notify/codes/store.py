"""Codes in PostgreSQL: of each a keyed hash; the code itself is derived when it is needed."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from services.notify.codes.keys import CodeKeys
from shared.db import Tx

ISSUED = """
SELECT offer_id, staff_id FROM codes
JOIN unnest($1::text[], $2::text[]) AS wanted (offer_id, staff_id) USING (offer_id, staff_id)
"""
ISSUE = """
INSERT INTO codes (offer_id, staff_id, kid, counter, fingerprint, closed_at, issued_at)
SELECT new.*, $7 FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[],
                             $6::timestamptz[]) AS new
ON CONFLICT DO NOTHING RETURNING offer_id, staff_id
"""
CODES = """
SELECT offer_id, staff_id, kid, counter FROM codes WHERE offer_id = ANY ($1::text[])
"""
CLOSE = """
UPDATE codes SET closed_at = $2 WHERE offer_id = ANY ($1::text[]) AND closed_at IS NULL
"""
REOPEN = """
UPDATE codes SET closed_at = NULL WHERE offer_id = ANY ($1::text[]) AND closed_at IS NOT NULL
AND NOT EXISTS (SELECT FROM codes other
                WHERE other.fingerprint = codes.fingerprint AND other.closed_at IS NULL)
"""
RESOLVE = """
SELECT c.offer_id, c.staff_id FROM codes c
WHERE c.fingerprint = ANY ($1::text[]) AND c.staff_id = ANY ($2::text[])
ORDER BY c.closed_at DESC NULLS FIRST LIMIT 1
"""


class Wanted(NamedTuple):
    """A code that somebody is to have for an offer; ``opens`` tells whether it may be answered."""

    offer_id: str
    staff_id: str
    opens: bool


async def issue(tx: Tx, keys: CodeKeys, wanted: Collection[Wanted]) -> None:
    """Gives everybody their code, unless they have it; unique among open ones.

    An offer that is over gives a closed one: the text must name something, and opens nothing.
    """
    kid, counter = keys.newest, 0
    missing = {(code.offer_id, code.staff_id): code.opens for code in wanted}
    while missing:
        pairs = list(missing)
        offer_ids, staff_ids = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        issued = await tx.fetch(
            ISSUE,
            offer_ids,
            staff_ids,
            [kid] * len(pairs),
            [counter] * len(pairs),
            [keys.fingerprint(kid, keys.derive(kid, *pair, counter)) for pair in pairs],
            [None if opens else tx.now for opens in missing.values()],
            tx.now,
        )
        if len(issued) < len(pairs):  # some had theirs, or collided
            issued = await tx.fetch(ISSUED, offer_ids, staff_ids)
        for row in issued:
            del missing[row["offer_id"], row["staff_id"]]
        counter += 1  # what is still missing collided with an open code


async def of_offers(tx: Tx, keys: CodeKeys, offer_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """The codes of offers, derived anew, by (offer, staff id)."""
    return {
        (row["offer_id"], row["staff_id"]): keys.derive(
            row["kid"], row["offer_id"], row["staff_id"], row["counter"]
        )
        for row in await tx.fetch(CODES, list(offer_ids))
    }


async def reopen(tx: Tx, offer_ids: Sequence[str]) -> None:
    """Lets the codes of offers be answered again, where no open code has taken their spelling."""
    if offer_ids:
        await tx.execute(REOPEN, offer_ids)


async def close(tx: Tx, offer_ids: Sequence[str]) -> None:
    """Marks the codes of offers that are over."""
    if offer_ids:
        await tx.execute(CLOSE, offer_ids, tx.now)


async def resolve(
    tx: Tx, keys: CodeKeys, code: str, staff_ids: Sequence[str]
) -> tuple[str, str] | None:
    """(offer, staff id) that a received code means when one of ``staff_ids`` sends it.

    Closed codes are found too, after open ones: whoever is too late is told so.
    """
    row = await tx.fetchrow(RESOLVE, list(keys.fingerprints(code)), list(staff_ids))
    return (row["offer_id"], row["staff_id"]) if row else None
