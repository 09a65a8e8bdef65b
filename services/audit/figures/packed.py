"""Packed: many waits by one clock as columns, of which a report is summed up. Pure.

A fact of which every instant has passed is settled: no later cut changes its run, but for how long
one that is open has been so. Its wait may be kept, in some 40 bytes; its fact need not be.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from threading import Lock
from typing import Generic, NamedTuple, TypeVar, get_type_hints
from zoneinfo import ZoneInfo

from services.audit.figures.clocks import Clock, Fact, Response, Run
from services.audit.figures.clocks import run as run_of
from services.audit.figures.curves import End
from services.audit.figures.facts import OfferFact, RequestFact
from services.audit.figures.worked import Meter, seconds
from shared.events.words import Urgency

T = TypeVar("T")
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_INSTANTS = {
    kind: itemgetter(
        *(
            kind._fields.index(name)
            for name, of in get_type_hints(kind).items()
            if of in (datetime, datetime | None)
        )
    )
    for kind in (OfferFact, RequestFact)
}


class Who(NamedTuple):
    """Whose a wait is: the fields of a fact by which waits are told apart."""

    territory: str | None
    service_type: str
    urgency: Urgency | None
    organisation: str | None = None
    channel: str | None = None

    @classmethod
    def of(cls, fact: Fact) -> "Who":
        """A need is of no organisation, and nobody was told of it."""
        named = (fact.territory, fact.service_type, fact.urgency)
        if isinstance(fact, OfferFact):
            return cls(*named, fact.organisation, fact.channel)
        return cls(*named)


class When(NamedTuple):
    """When a wait began by the country's clock: ``2026-11`` and ``05``."""

    month: str
    hour: str

    @classmethod
    def of(cls, start: datetime, zone: ZoneInfo) -> "When":
        """The hour that comes twice is one."""
        text = start.astimezone(zone).isoformat()
        return cls(text[:7], text[11:13])


class Outcome(NamedTuple):
    """What became of a wait, and what happened to it by the cut."""

    response: Response
    end: End | None
    paused: bool
    escalated: bool
    voided: bool

    @classmethod
    def of(cls, fact: Fact, run: Run, cut: datetime) -> "Outcome":
        """Nothing that came after the cut counts."""
        further = fact.escalated_at if isinstance(fact, OfferFact) else None
        came = [at is not None and at <= cut for at in (fact.on_hold_at, further, fact.voided_at)]
        return cls(run.response, run.end, *came)


class Codes(Generic[T]):
    """Numbers things as they come, from nought; ``things``: by their numbers. Several threads may
    number at once."""

    def __init__(self) -> None:
        self.things: list[T] = []
        self._codes: dict[T, int] = {}
        self._lock = Lock()

    def of(self, thing: T) -> int:
        """Its number, for ever."""
        code = self._codes.get(thing)
        return self._new(thing) if code is None else code

    def _new(self, thing: T) -> int:
        with self._lock:
            code = self._codes.get(thing, len(self.things))
            if code == len(self.things):
                self.things.append(thing)
                self._codes[thing] = code
            return code


@dataclass(frozen=True, slots=True)
class Names:
    """What the codes of columns stand for."""

    who: Codes[Who] = field(default_factory=Codes)
    when: Codes[When] = field(default_factory=Codes)
    outcome: Codes[Outcome] = field(default_factory=Codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """How facts are packed: by which clock, at which cut; in working hours, too, by a ``meter``."""

    clock: Clock
    cut: datetime
    zone: ZoneInfo
    now: bool = False
    meter: Meter | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """Waits, one in each place of all columns: codes, the ``start`` in microseconds since 1970, and
    whole seconds: on the ``wall``, ``worked``, and until the ``limit``, nought where there is none.

    Not the seconds of what is open, which are another at each cut.
    """

    who: "array[int]" = field(default_factory=lambda: array("I"))
    when: "array[int]" = field(default_factory=lambda: array("I"))
    outcome: "array[int]" = field(default_factory=lambda: array("H"))
    start: "array[int]" = field(default_factory=lambda: array("q"))
    wall: "array[int]" = field(default_factory=lambda: array("q"))
    worked: "array[int]" = field(default_factory=lambda: array("q"))
    limit: "array[int]" = field(default_factory=lambda: array("q"))


def pack(facts: Iterable[Fact], names: Names, by: Packing) -> Packed:
    """The waits of those that wait by the clock, or did."""
    packed = Packed()
    for fact in facts:
        run = run_of(fact, by.clock, by.cut, now=by.now)
        if run is None:
            continue
        start, ended = run.start, run.end not in (None, End.OPEN)
        packed.who.append(names.who.of(Who.of(fact)))
        packed.when.append(names.when.of(When.of(start, by.zone)))
        packed.outcome.append(names.outcome.of(Outcome.of(fact, run, by.cut)))
        packed.start.append(micro(start))
        packed.wall.append(seconds(start, run.over) if ended else 0)
        packed.worked.append(by.meter.between(start, run.over) if ended and by.meter else 0)
        limited = run.end is not None and run.limit is not None and run.limit > start
        packed.limit.append(seconds(start, run.limit) if limited and run.limit else 0)
    return packed


def extent(fact: Fact) -> tuple[datetime, datetime]:
    """The first and the last of all instants that are known of a fact. At any cut behind the last
    its run is the same, but that one that is open goes on: it has settled."""
    known: Iterable[datetime | None] = _INSTANTS[type(fact)](fact)
    instants = [at for at in known if at is not None]
    return min(instants), max(instants)


def micro(at: datetime) -> int:
    """An instant in microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND
