"""Origins: the names that the ledger's checkpoints bear, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.db import Tx

ALL = "SELECT number, origin, since, parted_at, begun_at FROM origins ORDER BY number"
BEGIN = """
INSERT INTO origins (number, origin, since, parted_at, begun_at) VALUES ($1, $2, $3, $4, $5)
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """A name, and more than how many leaves the checkpoints have that bear it.

    ``parted_at``: up to how many leaves the ledger and those who contradicted it are known to be
    one; ``begun_at``: when it began, unset of the first.
    """

    name: str
    number: int = 1
    since: int = 0
    parted_at: int = 0
    begun_at: datetime | None = None

    def next_name(self, first: str) -> str:
        """What the one after it is called."""
        return f"{first}/{self.number + 1}"


async def later(tx: Tx) -> list[Origin]:
    """All but the first, in their order."""
    return [
        Origin(row["origin"], row["number"], row["since"], row["parted_at"], row["begun_at"])
        for row in await tx.fetch(ALL)
    ]


async def current(tx: Tx, first: str) -> Origin:
    """The one that checkpoints bear now; ``first``: of the settings."""
    found: Sequence[Origin] = await later(tx)
    return found[-1] if found else Origin(first)


async def begin(tx: Tx, origin: Origin) -> None:
    """From now on it is the current one."""
    what = origin.number, origin.name, origin.since, origin.parted_at, tx.now
    await tx.execute(BEGIN, *what)
