"""How committees stood on a day, out of PostgreSQL."""

from datetime import date

from services.committee.registry.model import Standing
from shared.db import Tx

STANDINGS = """
SELECT territory,
       CASE WHEN EXISTS (SELECT FROM terms WHERE terms.committee_id = committees.committee_id
                             AND $2 BETWEEN terms.term_from AND terms.term_to) THEN 'active'
            WHEN ended_on <= $2 THEN 'ended'
            WHEN EXISTS (SELECT FROM terms WHERE terms.committee_id = committees.committee_id
                             AND terms.term_from < $2) THEN 'lapsed' END AS standing
FROM committees WHERE starts_with(territory, $1)
"""


async def standings(tx: Tx, area: str, day: date) -> list[tuple[str, Standing | None]]:
    """The place of each committee of an area, and how it stood on a day: none before its first
    term."""
    return [
        (row["territory"], row["standing"] and Standing(row["standing"]))
        for row in await tx.fetch(STANDINGS, area, day)
    ]
