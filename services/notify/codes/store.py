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
SELECT DISTINCT ON (fingerprint) fingerprint, offer_id, staff_id FROM codes
WHERE fingerprint = ANY ($1::text[]) AND staff_id = ANY ($2::text[])
ORDER BY fingerprint, closed_at DESC NULLS FIRST
"""
OWN = """
SELECT c.offer_id, c.staff_id FROM codes c JOIN offers o USING (offer_id)
WHERE c.staff_id = ANY ($1::text[]) AND c.closed_at IS NULL
  AND (o.status IN ('requested', 'received')
       OR o.status IN ('accepted', 'in-progress', 'on-hold') AND o.holder = c.staff_id)
ORDER BY c.issued_at DESC LIMIT $2
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
    tx: Tx, keys: CodeKeys, typed: Sequence[str], staff_ids: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """(offer, staff id) that received codes mean when one of ``staff_ids`` sends them, by code.

    Closed codes are found too, after open ones: whoever is too late is told so.
    """
    spelt = {fingerprint: code for code in typed for fingerprint in keys.fingerprints(code)}
    rows = await tx.fetch(RESOLVE, list(spelt), list(staff_ids)) if spelt else []
    return {spelt[row["fingerprint"]]: (row["offer_id"], row["staff_id"]) for row in rows}


async def own(tx: Tx, staff_ids: Sequence[str], limit: int) -> list[tuple[str, str]]:
    """(offer, staff id) of what waits for a word of these people: asked of them, or theirs."""
    return [(row["offer_id"], row["staff_id"]) for row in await tx.fetch(OWN, staff_ids, limit)]
