"""What a fault is made with: the running stack, its people, and how far the reports have come."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import asyncpg

from deploy.local.stack import Stack
from deploy.local.variant import Variant
from tests.campaign.ledger import Pen
from tests.campaign.people import People, Try
from tests.support.eventually import eventually
from tests.support.faults.link import Link
from tests.support.faults.rig import Rig
from tests.support.town import Town

LOAD = 15.0
"""Seconds over which a round's reports come, where the fault does not say otherwise."""
PATIENCE = 90.0
NEWEST = "SELECT coalesce(max(id), 0) FROM referral.outbox"


@dataclass(slots=True)
class Window:
    """A span of time, by `time.monotonic`."""

    begin: float
    end: float = 0.0

    def sent(self, tries: Iterable[Try]) -> list[Try]:
        """Those that began within it, however and whenever they were answered."""
        return [each for each in tries if self.begin <= each.began < self.end]


@dataclass(slots=True)
class Scene:
    """One round at work. Faults put what they measure into ``measured``, for the report."""

    rig: Rig
    town: Town
    people: People
    pen: Pen
    rng: Random
    incidents: int
    measured: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """What did not hold, in sentences."""
    notes: list[str] = field(default_factory=list)
    """What the stack says of its parts: who died and of what, who did not stop."""
    prepared: object = None
    """What `Fault.prepare` gave."""
    ended: float = 0.0
    """When the fault ended, by `time.monotonic`."""

    @property
    def stack(self) -> Stack:
        """The round's own stack."""
        return self.rig.stack

    def link(self, name: str) -> Link:
        """One of the fault's links, for instance ``referral.work:kafka``."""
        return self.rig.links[name]

    async def taken(self, share: float, patience: float = PATIENCE) -> None:
        """Waits until that share of the reports has been taken (or time runs out)."""
        enough, deadline = share * self.incidents, monotonic() + patience
        await eventually(
            lambda: len(self.pen.taken) >= enough or monotonic() > deadline,
            within=patience + 10,
            every=0.05,
        )

    async def spread(self, times: int, do: Callable[[int], Awaitable[object]]) -> int:
        """Does something so many times, evenly over the reports; the number goes with each."""
        for number in range(times):
            await self.taken((number + 1) / (times + 1))
            self.note("fault", number=number + 1)
            await do(number)
        return times

    @asynccontextmanager
    async def window(self) -> AsyncIterator[Window]:
        """The time of the block; its tries are known once all reports are taken."""
        window = Window(monotonic())
        self.note("window")
        yield window
        window.end = monotonic()
        self.note("window-over")

    def tries(self, window: Window) -> list[Try]:
        """Reports sent within it, however and whenever they were answered."""
        return window.sent(self.people.tries)

    @asynccontextmanager
    async def turning(self, now: str) -> AsyncIterator[None]:
        """The block turns the database's clock forward; what it jumps over is in the ledger.

        ``now`` is the statement that reads it.
        """
        start, before = await self.ask(now), await self.ask(NEWEST)
        yield
        end, after = await self.ask(now), await self.ask(NEWEST)
        span = {"start": start.isoformat(), "end": end.isoformat()}
        self.note("turned", **span, before=before, after=after)

    def taken_since(self, moment: float) -> list[str]:
        """Incidents whose reporters had their 2xx after a time of the world's clock."""
        return [incident for incident, at in self.pen.taken_at.items() if at >= moment]

    async def ask(self, query: str, *arguments: Any) -> Any:
        """One value out of the services' database, as its superuser."""
        connection = await asyncpg.connect(self.stack.superuser("tirek"), timeout=5)
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()

    async def do(self, statements: str) -> None:
        """Statements on the services' database, as its superuser."""
        connection = await asyncpg.connect(self.stack.superuser("tirek"), timeout=5)
        try:
            await connection.execute(statements)
        finally:
            await connection.close()

    def note(self, kind: str, **entry: Any) -> None:
        """A line in the ledger."""
        self.pen.write(kind, **entry)

    def require(self, holds: bool, sentence: str) -> None:
        """A promise that this fault alone tests; the sentence says what was seen instead."""
        if not holds:
            self.broken.append(sentence)


Make = Callable[[Scene], Awaitable[int]]
"""Makes the fault while people report and answer; how often it was made."""


@dataclass(frozen=True, slots=True)
class Must:
    """What has to hold after a round; L = Z = G = D = 0, chain, early and missed 0 always do.

    ``repeats``: texts that each making may repeat, all marked. ``late``: seconds, p99 of what the
    clock did. ``late_after_jump``: the same of what the turned clock made due all at once, in
    calm where the fault is not to the clock.
    ``normal``: seconds to normal after the fault. ``parked``: records that may be left.
    """

    repeats: int = 0
    unmarked: int = 0
    late: float = 10.0
    late_after_jump: float = 2.0
    normal: float = 60.0
    parked: int = 0
    foreign: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the table: a round is one of these on a stack of its own."""

    name: str
    sentence: str
    make: Make
    must: Must = field(default_factory=Must)
    variant: Variant | Callable[[], Variant] = field(default_factory=Variant)
    """Made when the round begins, where the machine must have something for it."""
    prepare: Callable[[Path], AbstractContextManager[object]] | None = None
    """What must be so before the stack starts, in its state folder; `Scene.prepared` is it."""
    needs: tuple[str, ...] = ()
    """What the machine must have: words of `tests.campaign.machine`."""
    seconds: float = LOAD
    within: float = 300.0
    """A round that takes longer has hung, and that is a finding."""
    incidents: float = 1.0
    """Share of the usual number of incidents."""
    alone: Callable[[int, int], Mapping[str, Any]] | None = None
    """For a round that needs no stack: fields of its result, by the seed and by how many rounds are
    played at once. Nothing else is done."""
