"""The clock: it opens nothing before something is due, and one service request that nobody can
decide about keeps it from no other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from deploy.local.stack import Stack
from services.referral.jobs import CLOCK, clock_job
from services.referral.model.service_request import ServiceRequest
from shared.db import Tx
from shared.errors import Unavailable
from shared.events.words import OfferStatus
from shared.runtime import quarantine as waits
from shared.runtime.jobs import run_job
from shared.runtime.quarantine import Quarantine
from shared.runtime.wakeup import Wakeup
from tests.stack import scratch, turn_clock
from tests.support.eventually import eventually
from tests.support.referral_house import House, opened

MOVE = "UPDATE service_request SET territory = $2 WHERE id = $1"
NOWHERE = "99900000000000"


@pytest_asyncio.fixture
async def own() -> AsyncIterator[Stack]:
    """A database whose clock nobody else turns."""
    async with scratch("referral.migrate") as stack:
        yield stack


@pytest_asyncio.fixture
async def house(own: Stack) -> AsyncIterator[House]:
    """Referral with the sample directory."""
    async with opened(own) as house:
        yield house


async def move(house: House, request: ServiceRequest, territory: str) -> None:
    """A jurisdiction is not what it was; or is again."""
    async with house.db.transaction() as tx:
        await tx.execute(MOVE, request.id, territory)


async def expired(house: House, request: ServiceRequest) -> bool:
    """Whether the clock has decided about the first offer."""
    return (await house.again(request)).offers[0].status is OfferStatus.EXPIRED


async def test_a_request_that_cannot_be_decided_keeps_no_other_waiting(
    house: House, own: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is due before the other, is put aside, and is tried again by itself."""
    monkeypatch.setattr(waits, "FIRST_WAIT", 0.1)
    monkeypatch.setattr(waits, "LONGEST_WAIT", 0.1)
    poisoned = await house.reported("shelter", children=())
    good = await house.reported("shelter", children=())
    for each in (poisoned, good):
        await house.told(each.offers[0], each)
    await move(house, poisoned, NOWHERE)
    first = good.offers[0]
    await turn_clock(own, first.answer_by - first.requested_at + timedelta(seconds=1))
    quarantine = Quarantine()
    with capture_logs() as logs:
        clock = asyncio.create_task(
            run_job(
                "clock",
                house.db,
                clock_job(house.deps, quarantine),
                replace(CLOCK, longest=0.1),
                quarantine=quarantine,
            )
        )
        try:
            await eventually(lambda: expired(house, good), within=20)
            failures = [each for each in logs if each["event"] == "pass.put_aside"]
            assert failures[0]["service_request_id"] == poisoned.id
            assert not await expired(house, poisoned)
            await move(house, poisoned, poisoned.territory)
            await eventually(lambda: expired(house, poisoned), within=20)
            assert quarantine.ids == []
        finally:
            clock.cancel()
            with suppress(asyncio.CancelledError):
                await clock


async def test_no_step_is_taken_before_something_is_due(
    house: House, own: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An idle clock costs a look, whatever waits for later, and no transaction."""
    looks: list[datetime | None] = []
    steps: list[datetime] = []
    plain, decide = Wakeup.due, clock_job(house.deps, Quarantine())

    async def look(wakeup: Wakeup, query: str, *args: Any) -> tuple[datetime, datetime | None]:
        found = await plain(wakeup, query, *args)
        looks.append(found[1])
        return found

    async def step(tx: Tx) -> datetime | None:
        steps.append(tx.now)
        return await decide(tx)

    monkeypatch.setattr(Wakeup, "due", look)
    waiting = await house.reported("shelter", children=())
    clock = asyncio.create_task(run_job("clock", house.db, step, replace(CLOCK, longest=0.02)))

    async def looked() -> bool:
        return len(looks) > 2

    try:
        await eventually(looked, within=20)
        assert (set(looks), steps) == ({waiting.next_due}, [])
        first = waiting.offers[0]
        await turn_clock(own, first.answer_by - first.requested_at + timedelta(seconds=1))
        await eventually(lambda: expired(house, waiting), within=20)
        assert min(steps) >= first.answer_by
    finally:
        clock.cancel()
        with suppress(asyncio.CancelledError):
            await clock


@pytest.mark.parametrize("problem", [Unavailable("database"), ZeroDivisionError("no row's own")])
async def test_what_is_no_rows_fault_ends_the_pass(house: House, problem: Exception) -> None:
    """A lost database, as before; and what fails before any row is in hand."""
    quarantine = Quarantine()

    async def step(_tx: object) -> None:
        if isinstance(problem, Unavailable):
            quarantine.takes(service_request_id="any")
        raise problem

    with pytest.raises(type(problem)):
        await run_job("clock", house.db, step, quarantine=quarantine)
    assert quarantine.ids == []


async def test_a_step_that_the_database_undid_is_taken_again(house: House) -> None:
    """A deadlock with a consumer, say: nobody's clock stops for it, and no row is put aside."""
    taken: list[Quarantine] = []
    quarantine = Quarantine()

    async def step(_tx: object) -> None:
        quarantine.takes(service_request_id="any")
        taken.append(quarantine)
        if len(taken) == 1:
            raise asyncpg.exceptions.DeadlockDetectedError
        raise Unavailable("database")

    with pytest.raises(Unavailable):
        await run_job("clock", house.db, step, quarantine=quarantine)
    assert len(taken) == 2
    assert quarantine.ids == []
