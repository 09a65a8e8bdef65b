"""What goes wrong between steps: a decision is lost, a step is done twice, a part sleeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random

LOST, TWICE = 0.04, 0.04
"""How often a step is hit."""


class Luck(Enum):
    """What becomes of one step."""

    FINE = "fine"
    LOST = "lost"
    """The process dies before the commit: the step is made again from what is stored."""
    TWICE = "twice"
    """It dies after the commit: whoever waited for an answer says the same again."""


@dataclass(frozen=True, slots=True)
class Crashes:
    """The bad luck of one seed. ``asleep`` names spans in which a part does nothing."""

    dice: Random
    asleep: Mapping[str, tuple[tuple[datetime, datetime], ...]]

    def luck(self) -> Luck:
        """What becomes of the next step."""
        roll = self.dice.random()
        return Luck.LOST if roll < LOST else Luck.TWICE if roll < LOST + TWICE else Luck.FINE

    def wakes(self, part: str, now: datetime) -> datetime | None:
        """When a part that sleeps at ``now`` will be awake; none if it is awake."""
        return next((end for begin, end in self.asleep[part] if begin <= now < end), None)

    def restart(self) -> timedelta:
        """How long it takes until somebody tries again."""
        return timedelta(seconds=self.dice.randint(1, 10))


PARTS = ("clock", "consumer")


def crashes(dice: Random, start: datetime, hours: int) -> Crashes:
    """At most two naps a part, minutes or hours long."""
    naps: dict[str, tuple[tuple[datetime, datetime], ...]] = {}
    for part in PARTS:
        spans: list[tuple[datetime, datetime]] = []
        for _ in range(dice.choice([0, 0, 1, 2])):
            begin = start + timedelta(seconds=dice.randrange(hours * 3600))
            spans.append((begin, begin + timedelta(minutes=dice.choice([2, 15, 60, 300]))))
        naps[part] = tuple(sorted(spans))
    return Crashes(dice, naps)
