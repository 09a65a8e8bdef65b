"""How much is measured, the same for both sides."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import asyncpg

from benchmarks.figures import Json
from deploy.local.stack import Stack

Say = Callable[[str], None]
"""Takes one line about how far it has come."""

CALM_RATE = 2
"""Reports a second on a bad day of a whole country; the names in the last line say so."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes of a run. ``warm`` incidents, and ``warm_seconds``, come before what counts.

    ``watched``: the services note where their time goes (`sampled`); no figures for the record.
    Of `everyday`: ``idle_seconds`` nothing is reported, ``calm_seconds`` there are `CALM_RATE`
    reports a second, ``counted_seconds`` the same again while questions are counted, and ``sparse``
    reports come one by one.
    """

    rounds: int = 3
    incidents: int = 20_000
    warm: int = 2_000
    rate: int = 20
    seconds: int = 25
    warm_seconds: int = 3
    idle_seconds: int = 30
    calm_seconds: int = 60
    counted_seconds: int = 20
    sparse: int = 20
    watched: bool = False

    @property
    def posts(self) -> int:
        """Reports that count."""
        return self.rate * self.seconds

    @property
    def warm_posts(self) -> int:
        """Reports before those that count."""
        return self.rate * self.warm_seconds

    def to_json(self) -> Json:
        """As it stands in the file of a run."""
        return asdict(self)

    @staticmethod
    async def calm(stack: Stack) -> None:
        """Writes out what came before, so that no side pays for the other's checkpoint."""
        superuser = await asyncpg.connect(stack.superuser())
        try:
            await superuser.execute("CHECKPOINT")
        finally:
            await superuser.close()
