"""Shelves: what a process keeps of the facts, so that a report of a year does not read them all.

At each asking it is brought up to date: a shelf of which any row has changed since is read again,
whole. What is settled is kept packed, by one clock; what is not, as it is.
"""

import asyncio
from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile

from services.audit.facts import shelf_rows
from services.audit.facts.columns import read_by
from services.audit.figures.clocks import Clock, Fact
from services.audit.figures.packed import Names, Packed, Packing, extent, pack
from services.audit.figures.report import Asked, packing
from services.audit.figures.worked import Meter
from shared import deadline
from shared.db import Tx
from shared.jurisdiction import Jurisdiction

MOST = 1_000_000
"""Waits that are kept at most: some 45 MB, which is a year of 60,000 needs by all clocks, and
another one. What was asked for the longest ago is forgotten first."""
NEVER, FOREVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands there: ``settled`` at any cut behind ``since``; ``left``: all else, of which
    everything will have settled behind ``by``, if nothing more comes."""

    settled: Packed
    since: datetime
    left: Sequence[Fact]
    by: datetime

    @property
    def size(self) -> int:
        """How many are kept."""
        return len(self.settled.start) + len(self.left)


@dataclass(slots=True)
class Copy:
    """All shelves that are kept by one clock, as of what was ``seen`` of the database."""

    seen: str | None = None
    shelves: dict[int, Shelf] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def size(self) -> int:
        """How many waits are kept."""
        return sum(each.size for each in self.shelves.values())


class Shelves:
    """Of one process, for one country as its files have it: another calendar makes another copy."""

    def __init__(self) -> None:
        self._country: Jurisdiction | None = None
        self._names = Names()
        self._copies: dict[tuple[Clock, bool], Copy] = {}

    async def packed(
        self, tx: Tx, country: Jurisdiction, asked: Asked
    ) -> tuple[list[Packed], Names]:
        """All waits that began in the period, and others, as they were at the cut."""
        copy, names = self._copy(country, asked), self._names
        try:
            async with _held(copy.lock):
                found = await _upto_date(tx, copy, names, country, asked)
        finally:
            self._forget()
        packs: list[Packed] = []
        left: list[Fact] = []
        for number, shelf in found.items():
            if shelf.since < asked.cut:
                packs.append(shelf.settled)
                left += shelf.left
            else:  # something has settled since
                left += await _read(tx, asked, number)
        return [*packs, await to_thread(pack, left, names, packing(asked))], names

    def _copy(self, country: Jurisdiction, asked: Asked) -> Copy:
        """The one for a clock; the last to be forgotten now."""
        if country is not self._country:
            self._country, self._names, self._copies = country, Names(), {}
        by = asked.clock, asked.now
        copy = self._copies.pop(by) if by in self._copies else Copy()
        self._copies[by] = copy
        return copy

    def _forget(self) -> None:
        """What is more than may be kept."""
        while self._copies and sum(each.size for each in self._copies.values()) > MOST:
            del self._copies[next(iter(self._copies))]


async def _upto_date(
    tx: Tx, copy: Copy, names: Names, country: Jurisdiction, asked: Asked
) -> dict[int, Shelf]:
    """The shelves of a period: those of which anything has changed, or has settled, are new."""
    copy.seen, stale = await shelf_rows.changed(tx, asked.clock, copy.seen)
    for number, shelf in list(copy.shelves.items()):
        if number in stale or shelf.by < tx.now:
            del copy.shelves[number]
    period = asked.period.instants(asked.zone)
    wanted = sorted(await shelf_rows.of_period(tx, asked.clock, *period))
    by = replace(packing(asked), cut=tx.now)
    for number in wanted:
        if number not in copy.shelves:
            facts = await _read(tx, asked, number)
            copy.shelves[number] = await to_thread(_shelf, facts, names, country, by)
    return {number: copy.shelves[number] for number in wanted}


async def _read(tx: Tx, asked: Asked, shelf: int) -> Sequence[Fact]:
    return await shelf_rows.facts(tx, asked.clock, shelf, read_by(asked.clock, now=asked.now))


def _shelf(facts: Sequence[Fact], names: Names, country: Jurisdiction, by: Packing) -> Shelf:
    instants = [(each, *extent(each)) for each in facts]
    settled = [each for each in instants if each[2] < by.cut]
    left = [each for each in instants if each[2] >= by.cut]
    since = max((last for *_, last in settled), default=NEVER)
    first = min((first for _, first, _ in settled), default=by.cut)
    spans = takewhile(lambda span: span[0] < since, country.calendar.spans_from(first))
    return Shelf(
        settled=pack((each for each, *_ in settled), names, replace(by, meter=Meter(spans))),
        since=since,
        left=[each for each, *_ in left],
        by=max((last for *_, last in left), default=FOREVER),
    )


@asynccontextmanager
async def _held(lock: asyncio.Lock) -> AsyncIterator[None]:
    """One at a time; raises `TimeoutError` when the caller's time is over."""
    async with asyncio.timeout_at(deadline.until()):
        await lock.acquire()
    try:
        yield
    finally:
        lock.release()
