"""Whether the laws would notice: each planted bug is played until a law does not hold."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.simulation.mutants import MUTANTS
from tests.simulation.planting import Mutant, planted
from tests.simulation.seed import Finding, play

BUDGET = 600
"""Seeds a bug may live before it counts as not caught."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one planted bug. ``caught`` is none when no law noticed it."""

    mutant: Mutant
    caught: Finding | None

    @property
    def line(self) -> str:
        """One row of the table."""
        if self.caught is None:
            return f"{self.mutant.name:34} NOT CAUGHT  {self.mutant.sentence}"
        where = f"seed {self.caught.seed:3}, step {self.caught.step:3}"
        return f"{self.mutant.name:34} {where}  {self.caught.law}"


def hunt(place: int, budget: int) -> Finding | None:
    """Plays seeds from 1 on with the bug of this place planted, up to its first catch."""
    with planted(MUTANTS[place]):
        for seed in range(1, budget + 1):
            found = play(seed).broken
            if found is not None:
                return found
    return None


def trials(budget: int, processes: int) -> Iterator[Tried]:
    """Every planted bug, in the order of the table."""
    with ProcessPoolExecutor(processes) as pool:
        places = range(len(MUTANTS))
        found = pool.map(hunt, places, [budget] * len(places))
        yield from (Tried(mutant, caught) for mutant, caught in zip(MUTANTS, found, strict=True))


def share(tried: list[Tried]) -> float:
    """How many of the planted bugs were caught, 0 to 1."""
    return sum(each.caught is not None for each in tried) / len(tried)
