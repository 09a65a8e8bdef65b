"""Aid in PostgreSQL. The database shows no row of a matter that is hidden from the viewer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.committee.actions.model import What
from services.committee.aid.model import Aid, Decided, Kind, Source
from services.committee.entering import kept_of
from services.committee.entries import Ending, Kept
from shared.db import Tx

STANDS = """
-- a decision of closed minutes changes no more; with the cases of its matter, as people call them
SELECT decision_id, matter_id, what, held_on,
       ARRAY(SELECT public_id FROM service_requests
             WHERE incident_id = matters.incident_id AND public_id IS NOT NULL
             ORDER BY opened_at, public_id) AS cases
FROM decisions JOIN agenda USING (item_id, sitting_id, committee_id, matter_id)
JOIN sittings USING (sitting_id, committee_id) JOIN matters USING (matter_id, committee_id)
WHERE committee_id = $1 AND closed_at IS NOT NULL
"""
DECIDED = f"{STANDS} AND decision_id = $2"
DECISIONS = f"{STANDS} ORDER BY held_on DESC, sitting_id, agenda.position, point LIMIT $2"
SAVE = """
INSERT INTO aid (committee_id, entry_id, matter_id, decision_id, kind, som, source, given_on,
                 public_id, entered_at, entered_by, first_id, first_at, replaces)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT DO NOTHING RETURNING true
"""
FIND = "SELECT * FROM aid WHERE entry_id = $1"
END = """
UPDATE aid SET ended_at = $2, ended_by = $3, ended_because = $4
WHERE entry_id = $1 AND ended_at IS NULL
RETURNING first_id, first_at
"""
STORY = """
SELECT aid.* FROM aid JOIN aid AS one USING (first_id)
WHERE one.entry_id = $1 ORDER BY aid.entered_at
"""
LISTED = """
SELECT * FROM aid
WHERE committee_id = $1 AND given_on >= $2 AND given_on < $3
    AND (given_on, entry_id) < ($4, $5) AND ended_at IS NULL
ORDER BY given_on DESC, entry_id DESC LIMIT $6
"""


async def decided(tx: Tx, committee_id: str, decision_id: str) -> Decided | None:
    """A decision of the committee, as far as the viewer may know of it."""
    row = await tx.fetchrow(DECIDED, committee_id, decision_id)
    return None if row is None else _decided(row)


async def decisions(tx: Tx, committee_id: str, most: int) -> list[Decided]:
    """Those by which the committee may give something, the latest first."""
    return [_decided(row) for row in await tx.fetch(DECISIONS, committee_id, most)]


async def save(tx: Tx, committee_id: str, kept: Kept[Aid]) -> bool:
    """A new entry; false where one has its id that the viewer may not know of."""
    draft, what = kept.draft, kept.what
    return bool(
        await tx.fetchval(
            SAVE,
            committee_id,
            draft.entry_id,
            what.matter_id,
            what.decision_id,
            what.kind,
            what.som,
            what.source,
            draft.happened_on,
            what.public_id,
            kept.entered_at,
            kept.entered_by,
            kept.story.first_id,
            kept.story.first_at,
            draft.replaces,
        )
    )


async def find(tx: Tx, entry_id: str) -> Kept[Aid] | None:
    """One that the viewer may see, ended or not."""
    row = await tx.fetchrow(FIND, entry_id)
    return None if row is None else _kept(row)


async def end(tx: Tx, entry_id: str, ending: Ending) -> Any:
    """Ends one that holds; ``first_id`` and ``first_at`` of its story, or none if none holds."""
    return await tx.fetchrow(END, entry_id, ending.at, ending.by, ending.because)


async def story(tx: Tx, entry_id: str) -> list[Kept[Aid]]:
    """All entries of the story of one, oldest first."""
    return [_kept(row) for row in await tx.fetch(STORY, entry_id)]


async def listed(
    tx: Tx, committee_id: str, span: tuple[date, date], behind: tuple[date, str], limit: int
) -> Sequence[Kept[Aid]]:
    """Those that hold of days from the first of ``span`` to before its second, latest first."""
    return [_kept(row) for row in await tx.fetch(LISTED, committee_id, *span, *behind, limit)]


def _kept(row: Any) -> Kept[Aid]:
    what = Aid(
        matter_id=row["matter_id"],
        decision_id=row["decision_id"],
        kind=Kind(row["kind"]),
        source=Source(row["source"]),
        som=row["som"],
        public_id=row["public_id"],
    )
    return Kept(what=what, **kept_of(row, "given_on"))


def _decided(row: Any) -> Decided:
    return Decided(
        decision_id=row["decision_id"],
        matter_id=row["matter_id"],
        what=What(row["what"]),
        decided_on=row["held_on"],
        cases=tuple(row["cases"]),
    )
