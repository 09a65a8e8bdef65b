"""Aid in PostgreSQL. The database shows no row of a matter that is hidden from the viewer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.committee.aid.model import Aid, Kind, Source
from services.committee.entering import kept_of
from services.committee.entries import Ending, Kept
from shared.db import Tx

DECIDED = """
SELECT true FROM decisions WHERE decision_id = $1 AND matter_id = $2 AND committee_id = $3
"""
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


async def decided(tx: Tx, committee_id: str, aid: Aid) -> bool:
    """Whether the committee decided so in this matter, as far as the viewer may know of it."""
    return bool(await tx.fetchval(DECIDED, aid.decision_id, aid.matter_id, committee_id))


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
