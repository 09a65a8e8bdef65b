"""Where referral's real handlers, acts and passes run: their tables are in memory, and what they
decide, look at and judge is written down for the laws on the way. Nothing of it is changed.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, TypeVar

from services.referral import publish, unit_of_work
from services.referral.directory.model import Directory, Service
from services.referral.handlers import answers
from services.referral.model import matching
from services.referral.model.answers import Judged, Said, judge
from services.referral.model.decision import Context
from services.referral.model.facts import Decision
from services.referral.model.matching import Match, Vacancies
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.store import capacity, decisions
from services.referral.store import requests as store
from services.referral.store.capacity import Capacity
from shared.db import Tx
from shared.events import Act
from shared.events.words import Answer, RejectReason
from tests.simulation import memory
from tests.simulation.memory import MemoryTx, Seen

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer at the moment it was judged: the case before it, and whether a place was free.

    ``after``: how many decisions the step had taken by then.
    """

    request: ServiceRequest
    offer: Offer
    answer: Answer
    said: Said
    place_free: bool
    after: int
    judged: Judged


class Stage:
    """The transaction that runs at this moment. There is one at a time."""

    def __init__(self) -> None:
        self._heard: list[Heard] = []
        self._tx: MemoryTx | None = None

    def run(self, tx: MemoryTx, work: Awaitable[T]) -> tuple[T, list[Heard]]:
        """Runs to its end what never waits; what it heard goes with what it answered."""
        self._heard, self._tx = [], tx
        try:
            next(work.__await__())
        except StopIteration as end:
            return end.value, self._heard
        finally:
            self._tx = None
        raise RuntimeError("the simulation does no I/O, and this waited for some")

    @contextmanager
    def set(self) -> Iterator[None]:
        """In the block referral works in memory, in this process."""
        new: list[tuple[ModuleType, str, Any]] = [
            (store, each.__name__, each) for each in memory.STORE
        ]
        new += [(decisions, "keep", memory.keep), (capacity, "count", self._count)]
        new += [
            (unit_of_work, "emit", _emit),
            (unit_of_work, "match", self._match),
            (answers, "judge", self._judge),
        ]
        old = [(module, name, getattr(module, name)) for module, name, _ in new]
        try:
            for module, name, value in new:
                setattr(module, name, value)
            yield
        finally:
            for module, name, value in old:
                setattr(module, name, value)

    async def _count(
        self, tx: Tx, directory: Directory, requests: Sequence[ServiceRequest]
    ) -> Capacity:
        found = await _real_count(tx, directory, requests)
        if self._tx is not None:
            self._tx.capacity = found
        return found

    def _match(
        self,
        request: ServiceRequest,
        directory: Directory,
        vacancies: Vacancies,
        now: datetime,
        is_open: Callable[[Service, datetime], bool],
    ) -> Match:
        found = matching.match(request, directory, vacancies, now, is_open)
        if self._tx is not None:
            self._tx.seen[id(found)] = Seen(found, dict(vacancies.free), vacancies.takeable)
        return found

    def _judge(
        self,
        request: ServiceRequest,
        offer: Offer,
        answer: Answer,
        said: Said,
        context: Context,
        reason: RejectReason | None = None,
    ) -> Judged:
        counted = self._tx.capacity if self._tx is not None else None
        free = counted is None or counted.free.get(offer.service, 1) > 0
        judged = judge(request, offer, answer, said, context, reason)
        after = len(self._tx.decided) if self._tx is not None else 0
        self._heard.append(Heard(request, offer, answer, said, free, after, judged))
        return judged


_real_count = capacity.count


def _emit(tx: Tx, decision: Decision, territory: Callable[[], str], act: Act | None = None) -> None:
    if isinstance(tx, MemoryTx):
        tx.decide(decision)
    publish.emit(tx, decision, territory, act)
