"""About: by what people tell one matter from another on a list, without a word of what is in it.

That is the public ids of an incident's service requests; of an appeal that is none, the paper
journal's number; of the plan, the kind of work. The database shows none of a hidden matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.db import Tx

OF = """
SELECT m.matter_id, a.journal_no, p.work, ARRAY(
    SELECT public_id FROM service_requests s
    WHERE s.incident_id = m.incident_id AND public_id IS NOT NULL
    ORDER BY opened_at, public_id) AS public_ids
FROM matters m LEFT JOIN appeals a USING (matter_id) LEFT JOIN plan_items p USING (matter_id)
WHERE m.matter_id = ANY ($1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What tells a matter from the others; an own one has nothing of it."""

    public_ids: tuple[str, ...] = ()
    journal_no: str | None = None
    work: str | None = None


async def of(tx: Tx, matter_ids: Iterable[str]) -> dict[str, About]:
    """Those of these matters that the viewer may see, by id."""
    return {
        row["matter_id"]: About(
            public_ids=tuple(row["public_ids"]), journal_no=row["journal_no"], work=row["work"]
        )
        for row in await tx.fetch(OF, list(matter_ids))
    }
