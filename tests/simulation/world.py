"""One seed: a virtual clock, a queue of what is due, and referral's real handlers, acts and jobs.

A step is a transaction of theirs. It may be lost and made again, or be done twice; the consumer and
the clock may sleep, and then everything that waited comes at once. After each step come the laws.
"""

import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from random import Random
from typing import Any, cast

from services.referral import jobs
from services.referral.deps import Deps
from services.referral.directory.file import LiveDirectory
from services.referral.directory.model import Directory
from services.referral.handlers import alerts, answers, incidents
from services.referral.model.service_request import ServiceRequest
from shared.bus.consume import independent
from shared.db import Tx
from shared.errors import Refused
from shared.events import Act, Body, Envelope, Event, event_type, intake, notify
from shared.runtime.quarantine import Quarantine
from shared.security.tokens import Signer
from tests.simulation import laws
from tests.simulation.book import Book, Broken
from tests.simulation.country import DIGESTS, Country, country, jurisdiction
from tests.simulation.crashes import Luck, crashes
from tests.simulation.memory import MemoryTx, Shelf
from tests.simulation.stage import Stage
from tests.simulation.step import Change, Step
from tests.support.referral import numbered
from tests.support.still import still

DAYS = 3
"""So long people answer and change their minds; then everybody is silent for ever."""
END = timedelta(days=200)
BATCH = 20
MOST_STEPS = 20_000
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HANDLERS: dict[type[Body], Callable[[Deps, Tx, Sequence[Any]], Awaitable[None]]] = {
    intake.IncidentReported: incidents.on_incidents_reported,
    intake.ConsentGiven: incidents.on_consents_given,
    intake.ConsentWithdrawn: incidents.on_consents_withdrawn,
    notify.AlertSent: alerts.on_alerts_sent,
    notify.AlertUnreachable: alerts.on_alerts_unreachable,
    notify.AnswerReceived: answers.on_answers_received,
}
"""`services.referral.app` names the same, but for the register of staff, which is as it is here."""
PARTS = ("events", "clock", "directory")
"""Kinds of steps that nobody is there to refuse."""
Work = Callable[[Tx], Awaitable[Any]]
Listener = Callable[[Body], None]


@dataclass(frozen=True, slots=True)
class Transacted:
    """What a transaction answered; ``lost`` before its commit, as if it had never been."""

    answer: Any
    lost: bool


@dataclass(slots=True)
class _Live:
    """What `LiveDirectory` is to the rules, without a file."""

    country: Country

    @property
    def current(self) -> Directory:
        return self.country.directory

    async def refresh(self) -> bool:
        """The country changes by itself."""
        return True


class _Deps(Deps):
    """Where a case lies is looked up once a country: it would cost more than the rules do."""

    def raion(self, request: ServiceRequest) -> str:
        """As it is."""
        return _raion(request.territory)


@cache
def _raion(territory: str) -> str:
    return jurisdiction().territories.raion_of(territory).code


class _Numbers:
    """Identifiers that a person can read."""

    def __init__(self) -> None:
        self._next = count(1)

    def new(self) -> str:
        """The next one."""
        return f"id-{next(self._next)}"

    def public(self) -> str:
        """The next one, written in the symbols of codes."""
        return numbered(next(self._next))


class World:
    """``now`` and the queue. `town.Town` puts into it what people do."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.start = MONDAY + timedelta(minutes=self.dice.randrange(7 * 24 * 60))
        self.now = self.start
        self.country = country(self.dice, self.now)
        self.crashes = crashes(self.dice, self.now, 2 * self.country.climate.hours)
        self.shelf = Shelf(staff=self.country.staff())
        self.book = Book(self.country, self.shelf)
        self.deps = _Deps(
            still(self.country.jurisdiction),
            cast("LiveDirectory", _Live(self.country)),
            cast("Signer", None),
            DIGESTS,
        )
        self.tell: Callable[[Step], None] | None = None
        self.listen: Listener = lambda _body: None
        self.steps = 0
        self.stage = Stage()
        self._ids = _Numbers()
        self._mail: list[Event[Any]] = []
        self._queue: list[tuple[datetime, float, int, Callable[[], None]]] = []
        self._order = count()
        self._clock_at: datetime | None = None

    # --- time ------------------------------------------------------------------------------------

    def at(self, when: datetime, do: Callable[[], None]) -> None:
        """Has something done at a time; what is due at one instant comes in any order."""
        heapq.heappush(self._queue, (when, self.dice.random(), next(self._order), do))

    def run(self, until: datetime) -> None:
        """Does what is due until then, one thing after another."""
        while self._queue and self._queue[0][0] <= until:
            when, _, _, do = heapq.heappop(self._queue)
            self.now = max(self.now, when)
            do()
        self.now = max(self.now, until)

    def new_id(self) -> str:
        """An identifier for what others than referral make."""
        return self._ids.new()

    # --- what the parts of referral do -----------------------------------------------------------

    def send(self, body: Body, act: Act | None = None) -> None:
        """Another service says something: the consumer has it a second later."""
        envelope = Envelope(
            id=self._ids.new(),
            type=event_type(type(body)),
            source="simulation",
            subject="",
            key=body.incident_id,  # type: ignore[attr-defined]  # every body has one
            time=self.now,
            correlation_id="",
            aggregate_version=1,
        )
        event = Event(envelope, body, act)
        self.at(self.now + timedelta(seconds=1), lambda: self._arrive(event))

    def _arrive(self, event: Event[Any]) -> None:
        self._mail.append(event)
        self._consume()

    def _consume(self) -> None:
        wakes = self.crashes.wakes("consumer", self.now)
        if wakes is not None:
            if len(self._mail) == 1:
                self.at(wakes, self._consume)
            return
        while self._mail:
            batch, self._mail = self._mail[:BATCH], self._mail[BATCH:]
            if self.transact("events", self._batch(batch), events=batch).lost:
                # the whole batch was lost: each record gets a transaction of its own
                for event in batch:
                    self.transact("events", self._batch([event]), events=[event], luck=Luck.FINE)

    def _batch(self, events: Sequence[Event[Any]]) -> Work:
        async def work(tx: Tx) -> None:
            for group in independent(events) if len(events) > 1 else [events]:
                await HANDLERS[type(group[0].body)](self.deps, tx, group)

        return work

    def directory_changes(self) -> None:
        """The directory is otherwise; the job that reopens goes through the waiting list."""
        self.country.change(self.now)
        step = jobs.directory_job(self.deps, Quarantine())
        for _ in range(2 * len(self.shelf.requests) + 9):
            done = self.transact("directory", step)
            if not done.lost and done.answer is None:
                return
        raise Broken("the_waiting_list_ends", "the job finds the same request again and again")

    def _wake_clock(self) -> None:
        """The clock sleeps until the next thing is due."""
        due = min(self.shelf.due.values(), default=None)
        if due is None or (self._clock_at is not None and self._clock_at <= due):
            return
        self._clock_at = max(due, self.now)
        self.at(self._clock_at, self._clock)

    def _clock(self) -> None:
        self._clock_at = None
        wakes = self.crashes.wakes("clock", self.now)
        if wakes is not None:
            self.book.clock_awake = None
            self._clock_at = wakes
            self.at(wakes, self._clock)
            return
        if self.book.clock_awake is None:
            self.book.clock_awake = self.now
        step = jobs.clock_job(self.deps, Quarantine())
        for _ in range(2 * len(self.shelf.requests) + 9):
            if min(self.shelf.due.values(), default=END_OF_TIME) > self.now:
                self._wake_clock()  # all that the job would do is to say so
                return
            if self.transact("clock", step).lost:
                self._clock_at = self.now + self.crashes.restart()
                self.at(self._clock_at, self._clock)
                return
        raise Broken("the_clock_moves_on", "the job finds the same thing due again and again")

    # --- one step --------------------------------------------------------------------------------

    def transact(
        self, kind: str, work: Work, *, luck: Luck | None = None, **known: Any
    ) -> Transacted:
        """A transaction, the laws, and what it said."""
        luck = luck or self.crashes.luck()
        kept = self.shelf.copy() if luck is Luck.LOST else None
        step, answer = self._step(kind, work, known)
        step.lost = luck is Luck.LOST
        if self.tell is not None:
            self.tell(step)
        if kept is not None:
            self._put_back(kept)
            return Transacted(None, lost=True)
        laws.look_at(self.book, step)
        for body, *_ in step.said:
            self.listen(body)
        if kind != "clock":
            self._wake_clock()
        if luck is Luck.TWICE and kind not in ("clock", "directory"):
            self.transact(kind, work, luck=Luck.FINE, again=step, **known)
        return Transacted(answer, lost=False)

    def _step(self, kind: str, work: Work, known: dict[str, Any]) -> tuple[Step, Any]:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Broken("it_comes_to_rest", f"{MOST_STEPS} steps, and no end")
        tx = MemoryTx(self.shelf, self.now, self._ids)
        step, answer = Step(self.steps, self.now, kind, **known), None
        try:
            answer, step.heard = self.stage.run(tx, work(tx))
        except Refused as refusal:
            if kind in PARTS:
                raise Broken("no_step_fails", f"{kind}: {refusal!r}") from refusal
            step.refused = refusal
        except Exception as problem:  # whatever a rule stumbles over would stop a service
            raise Broken("no_step_fails", f"{kind}: {problem!r}") from problem
        step.changes = [Change(*decided) for decided in tx.decided]
        made = {id(change.after): change for change in step.changes}
        for look in tx.looks:
            made[id(look.request)].looks.append(tx.seen[id(look.found)])
        step.said, step.capacity = tx.said, tx.capacity
        return step, answer

    def _put_back(self, kept: Shelf) -> None:
        self.shelf.requests, self.shelf.of_offer = kept.requests, kept.of_offer
        self.shelf.of_need, self.shelf.due = kept.of_need, kept.due
        self.shelf.living = kept.living
