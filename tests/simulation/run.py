"""``python -m tests.simulation``: many seeds, or the planted bugs; exit code 1 if a law broke."""

import argparse
import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from os import cpu_count
from time import monotonic

from tests.simulation.seed import Finding, play, told
from tests.simulation.trial import BUDGET, share, trials

CHUNK = 50
ENOUGH = 0.95
"""The share of planted bugs that the laws must catch."""


@dataclass(slots=True)
class Tally:
    """What came of many seeds."""

    seeds: int = 0
    requests: int = 0
    steps: int = 0
    seconds: float = 0.0
    broken: list[Finding] = field(default_factory=list)

    @property
    def line(self) -> str:
        """In one line."""
        how = f"{len(self.broken)} BROKEN" if self.broken else "every law held"
        return (
            f"{self.seeds:,} seeds, {self.requests:,} service requests, {self.steps:,} steps, "
            f"{self.seconds:.0f} s: {how}"
        )


def some(first: int, count: int) -> Tally:
    """Plays seeds one after another. Nothing is collected meanwhile: nothing lives long enough."""
    gc.disable()
    tally = Tally()
    try:
        for seed in range(first, first + count):
            played = play(seed)
            tally.seeds += 1
            tally.requests += played.requests
            tally.steps += played.steps
            tally.broken += [played.broken] if played.broken else []
    finally:
        gc.enable()
        gc.collect()
    return tally


def many(first: int, count: int, processes: int) -> Iterator[Tally]:
    """What came of it so far, after each portion; the last is the whole."""
    began, whole = monotonic(), Tally()
    starts = range(first, first + count, CHUNK)
    counts = [min(CHUNK, first + count - start) for start in starts]
    with ProcessPoolExecutor(processes) as pool:
        for part in pool.map(some, starts, counts):
            whole.seeds += part.seeds
            whole.requests += part.requests
            whole.steps += part.steps
            whole.broken += part.broken
            whole.seconds = monotonic() - began
            yield whole


def main() -> int:
    """Exit code 0 when every law held, or enough of the planted bugs were caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, help=f"how many; with --mutants {BUDGET} a bug")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first seed")
    parser.add_argument("--processes", type=int, default=cpu_count() or 1)
    parser.add_argument("--mutants", action="store_true", help="plant bugs; are they noticed?")
    parser.add_argument("--tell", type=int, metavar="SEED", help="the history of one seed")
    chosen = parser.parse_args()
    if chosen.tell is not None:
        _say("\n".join(told(chosen.tell)))
        return 0
    if chosen.mutants:
        return _mutants(chosen.seeds or BUDGET, chosen.processes)
    return _seeds(chosen.first, chosen.seeds or 1000, chosen.processes)


def _seeds(first: int, count: int, processes: int) -> int:
    tally, said = Tally(), 0.0
    for tally in many(first, count, processes):
        if tally.seconds - said > 5:
            said = tally.seconds
            _say(tally.line)
    _say(tally.line)
    for found in tally.broken[:20]:
        _say(f"seed {found.seed}, step {found.step}: {found.law}: {found.sentence}")
    if tally.broken:
        _say(f"\nThe history of seed {tally.broken[0].seed}:")
        _say("\n".join(told(tally.broken[0].seed)))
    return 1 if tally.broken else 0


def _mutants(budget: int, processes: int) -> int:
    tried = []
    for each in trials(budget, processes):
        tried.append(each)
        _say(each.line)
    caught = sum(each.caught is not None for each in tried)
    _say(f"{caught} of {len(tried)} planted bugs caught: {share(tried):.0%}")
    return 0 if share(tried) >= ENOUGH else 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
