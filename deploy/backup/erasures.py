"""The register of who was erased, applied again to what comes back from a backup.

One erased incident a line: its id, then whatever the register keeps behind it (read by nobody
here). Empty lines and lines that begin with ``#`` are passed over. To erase somebody is to destroy
their data key: what is sealed under it opens no more, wherever a copy of it lies.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.backup.errors import BackupError

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")
PEOPLE = "SELECT incident_id, person_id FROM intake.persons WHERE incident_id = ANY ($1::text[])"
DESTROY = "DELETE FROM keys.data_keys WHERE person_id = ANY ($1::text[])"
REWRITE = "VACUUM (FULL) keys.data_keys"
"""Without it a destroyed key would lie in the table's file until its place is needed."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What a register did to a key store."""

    listed: int
    """Incidents in the register."""
    known: int
    """Of these, incidents that the data know: the others were reported later, or are gone."""
    keys: int
    """Data keys destroyed."""


def register(path: Path) -> frozenset[str]:
    """The erased incidents; raises `BackupError`: half a register must not pass for a whole one."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BackupError(f"{path} is no register of erasures") from None
    found: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        incident = line.split()[0]
        if line[0].isspace() or not _ID.fullmatch(incident):
            raise BackupError(f"{path}, line {number}: no incident's id stands there")
        found.add(incident)
    return frozenset(found)


async def apply(
    incidents: frozenset[str], data: asyncpg.Connection, keys: asyncpg.Connection
) -> Erased:
    """Destroys the keys of everybody in these incidents. Safe to repeat."""
    people = await data.fetch(PEOPLE, sorted(incidents))
    tag = await keys.execute(DESTROY, [row["person_id"] for row in people])
    destroyed = int(tag.rpartition(" ")[2])
    if destroyed:
        await keys.execute(REWRITE)
    return Erased(len(incidents), len({row["incident_id"] for row in people}), destroyed)
