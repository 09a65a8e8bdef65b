"""One seed from its beginning to its end."""

from dataclasses import dataclass
from datetime import timedelta

from tests.simulation import laws
from tests.simulation.book import Broken
from tests.simulation.history import History
from tests.simulation.town import Town
from tests.simulation.world import DAYS, END, World


@dataclass(frozen=True, slots=True)
class Finding:
    """A law that did not hold, where, and in which words."""

    seed: int
    step: int
    law: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Played:
    """One seed that was played. ``broken`` is none if every law held."""

    seed: int
    requests: int
    steps: int
    broken: Finding | None = None


def play(seed: int) -> Played:
    """Some days of reports and answers, then silence for ever; laws all the way."""
    return _play(World(seed), seed)


def told(seed: int) -> list[str]:
    """The same, as lines for a person; the last is the law that did not hold, if one did not."""
    world = World(seed)
    history = History(world.start)
    world.tell = history.tell
    played = _play(world, seed)
    lines = history.lines
    if played.broken is not None:
        found = played.broken
        lines.append(f"{found.step:4} {history.at(world.now)}  {found.law}: {found.sentence}")
    return lines


def _play(world: World, seed: int) -> Played:
    town = Town(world)
    broken = None
    with world.stage.set():
        try:
            town.plan()
            world.run(world.start + timedelta(days=DAYS))
            town.providers.asleep = True
            world.run(world.start + END)
            laws.look_at_end(world.book, world.now)
        except Broken as found:
            broken = Finding(seed, world.steps, found.law, found.sentence)
    return Played(seed, len(world.shelf.requests), world.steps, broken)
