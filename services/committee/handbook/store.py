"""The handbook in PostgreSQL. Content is read with its file alone."""

from typing import Any

from services.committee.handbook.model import Entry, File, Kind
from shared.db import Tx
from shared.errors import NotFound

SAVE = """
INSERT INTO handbook (entry_id, language, title, position, url, kind, size, content, saved_at,
                      saved_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (entry_id) DO UPDATE SET
    language = excluded.language, title = excluded.title, position = excluded.position,
    url = excluded.url, kind = excluded.kind, size = excluded.size, content = excluded.content,
    saved_at = excluded.saved_at, saved_by = excluded.saved_by
"""
LISTED = """
SELECT entry_id, language, title, position, url, kind, size FROM handbook
WHERE $1::text IS NULL OR language = $1 ORDER BY language, position, title, entry_id
"""
READ = "SELECT kind, content FROM handbook WHERE entry_id = $1 AND kind IS NOT NULL"
REMOVE = "DELETE FROM handbook WHERE entry_id = $1 RETURNING entry_id"


async def save(tx: Tx, entry: Entry, file: File | None, by: str) -> None:
    """A new entry, or all of it anew."""
    await tx.execute(
        SAVE,
        entry.entry_id,
        entry.language,
        entry.title,
        entry.position,
        entry.url,
        entry.kind,
        entry.size,
        file and file.content,
        tx.now,
        by,
    )


async def listed(tx: Tx, language: str | None) -> list[Entry]:
    """All entries of a language, or of all, in their order."""
    return [_entry(row) for row in await tx.fetch(LISTED, language)]


async def read(tx: Tx, entry_id: str) -> File:
    """The file of an entry; raises `NotFound` where there is none."""
    row = await tx.fetchrow(READ, entry_id)
    if row is None:
        raise NotFound("no such file")
    return File(kind=Kind(row["kind"]), content=bytes(row["content"]))


async def remove(tx: Tx, entry_id: str) -> None:
    """Takes an entry out; raises `NotFound`."""
    if await tx.fetchval(REMOVE, entry_id) is None:
        raise NotFound("no such entry")


def _entry(row: Any) -> Entry:
    return Entry(
        entry_id=row["entry_id"],
        language=row["language"],
        title=row["title"],
        position=row["position"],
        url=row["url"],
        kind=row["kind"] and Kind(row["kind"]),
        size=row["size"],
    )
