"""The play itself: everything is reported, the cast answers, and it is watched until it is over."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from deploy.demo.story import lines
from deploy.demo.story.board import Case
from deploy.demo.story.outcome import differences
from deploy.demo.story.voices import Refused, Voices
from deploy.demo.story.watch import Watch
from deploy.samples.load import Incident
from shared.clock import pause, wall

BETWEEN_REPORTS = 0.4
EVERY = 0.5
"""Seconds between two looks at referral and the phones."""
Say = Callable[[float, str, str], None]
"""Takes seconds since the beginning, the case's name or nothing, and one line for a person."""


@dataclass(slots=True)
class Performance:
    """One play on a running stack. ``say`` hears of everything as it happens."""

    voices: Voices
    zone: ZoneInfo
    cases: list[Case]
    say: Say
    began: float = field(default_factory=monotonic)
    _given: set[lines.Key] = field(default_factory=set)

    @classmethod
    def of(
        cls, voices: Voices, zone: ZoneInfo, samples: dict[str, Incident], say: Say
    ) -> "Performance":
        """All samples, none reported yet."""
        cases = [Case(name, sample) for name, sample in samples.items()]
        return cls(voices, zone, cases, say)

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return monotonic() - self.began

    @property
    def over(self) -> bool:
        """Whether every case is where its sample says it must come to."""
        return all(case.settled_at is not None or case.problem for case in self.cases)

    async def report_all(self) -> None:
        """Reports every incident, a little apart."""
        for case in self.cases:
            await self._report(case)
            await pause(BETWEEN_REPORTS)

    async def _report(self, case: Case) -> None:
        body = case.sample.body(wall(), self.zone)
        case.reported_at = self.now
        try:
            case.incident_id = await self.voices.report(case.sample.reported_by, body, str(uuid4()))
        except (Refused, httpx.HTTPError) as problem:
            case.problem = str(problem) or type(problem).__name__
            self.say(self.now, case.name, f"could not be reported: {case.problem}")
            return
        self.say(self.now, case.name, f"reported: {case.sample.story}")

    async def follow(self) -> None:
        """Watches and lets the cast answer, until cancelled. Outlives a service that restarts."""
        watch = Watch(self.voices, self.cases, self.say)
        while True:
            with suppress(httpx.HTTPError, Refused):  # a part that starts again; looked at again
                await watch.look(self.now)
                await self._answer()
            self._settle()
            await pause(EVERY)

    async def _answer(self) -> None:
        for case in self.cases:
            for cue in list(lines.cues(case, self.now, self._given)):
                said = await lines.give(self.voices, cue)
                self._given.add(cue.key)
                self.say(self.now, case.name, said)

    def _settle(self) -> None:
        for case in self.cases:
            reached = case.incident_id is not None and not any(differences(case))
            if not reached:
                case.settled_at = None
            elif case.settled_at is None:
                case.settled_at = self.now


@asynccontextmanager
async def following(play: Performance) -> AsyncIterator[None]:
    """Reports and follows in the background for as long as the context lasts."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(play.report_all()), group.create_task(play.follow())]
        yield
        for task in tasks:
            task.cancel()
