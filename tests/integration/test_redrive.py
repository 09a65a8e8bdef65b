"""What was parked is tried again when a person asks: all of it, once, in its key's order."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio

from shared import metrics
from shared.bus import parked
from shared.errors import RetryLater, Unprocessable
from tests.support.bus import answer, new_incident, redriving
from tests.support.eventually import eventually
from tests.support.redrive import Ward, warding

BUG = ZeroDivisionError("a bug")
NO_OFFER = Unprocessable("no such offer")


@pytest_asyncio.fixture(scope="module")
async def ward() -> AsyncIterator[Ward]:
    """A producer and a consumer, and nobody who redrives."""
    async with warding() as made:
        yield made


@pytest_asyncio.fixture
async def worker(ward: Ward) -> AsyncIterator[None]:
    """One worker redrives."""
    async with redriving(ward.stack, ward.referral, ward.handling.table):
        yield


def gauge() -> float:
    """What the metric of parked records says."""
    return metrics.PARKED._value.get()  # type: ignore[no-any-return]


async def test_a_mended_bug_costs_nothing(ward: Ward, worker: None) -> None:
    """Neighbours go on; then everything is handled, in order, exactly once."""
    incident = await ward.parked(1, 2, 3, because=BUG)
    reasons = [row["reason"] for row in await ward.rows(incident)]
    assert reasons[0].startswith("ZeroDivisionError at ")
    assert reasons[1:] == ["behind a parked record of its key"] * 2
    neighbour = new_incident()
    await answer(ward.notify, neighbour, 1)
    await ward.did(neighbour, 1)
    assert await ward.effects(incident) == []

    await eventually(lambda: gauge() == 3)
    del ward.handling.broken[incident, 1]
    await ward.ask(incident)
    await ward.did(incident, 1, 2, 3)
    await ward.has_open(incident, 0)
    assert [row["tries"] for row in await ward.rows(incident)] == [1, 1, 1]
    await eventually(lambda: gauge() == 0)
    await answer(ward.notify, incident, 4)
    await ward.did(incident, 1, 2, 3, 4)


async def test_a_new_record_comes_after_a_redrive_that_is_under_way(
    ward: Ward, worker: None
) -> None:
    """It does not wait for that, and nobody has to ask for it: it is set aside, and follows."""
    incident = await ward.parked(1, 2, because=NO_OFFER)
    del ward.handling.broken[incident, 1]
    gate = ward.handling.gates[incident, 1] = asyncio.Event()
    ward.handling.tried.clear()
    await ward.ask(incident)
    await ward.reached(incident, 1)
    await answer(ward.notify, incident, 3)
    await ward.has_open(incident, 3)
    assert await ward.effects(incident) == []
    gate.set()
    await ward.did(incident, 1, 2, 3)
    await ward.has_open(incident, 0)


async def test_what_fails_again_stays_and_others_go_on(ward: Ward, worker: None) -> None:
    """Its reason is the new one, its key rests, nothing behind it is tried; then it is mended."""
    lasting = await ward.parked(1, 2, because=NO_OFFER)
    mended = await ward.parked(1, 2, because=NO_OFFER)
    ward.handling.broken[lasting, 1] = Unprocessable("still no such offer")
    del ward.handling.broken[mended, 1]
    for incident in (lasting, mended):
        await ward.ask(incident)
    await ward.did(mended, 1, 2)
    await ward.rests(lasting)
    rows = await ward.rows(lasting)
    assert [(row["reason"], row["tries"]) for row in rows] == [
        ("still no such offer", 1),
        ("behind a parked record of its key", 0),
    ]
    assert ward.handling.tried[lasting, 2] == 0
    assert await ward.effects(lasting) == []
    del ward.handling.broken[lasting, 1]
    await ward.ask(lasting)
    await ward.did(lasting, 1, 2)


async def test_what_must_wait_is_tried_again_and_others_go_on(ward: Ward, worker: None) -> None:
    """The world is not ready: nothing is lost and nobody has to ask a second time."""
    waits = await ward.parked(1, 2, because=NO_OFFER)
    other = await ward.parked(1, because=NO_OFFER)
    ward.handling.broken[waits, 1] = RetryLater("a gateway")
    del ward.handling.broken[other, 1]
    ward.handling.tried.clear()
    for incident in (waits, other):
        await ward.ask(incident)
    await ward.did(other, 1)
    await eventually(lambda: ward.handling.tried[waits, 1] >= 2, within=20)
    rows = await ward.rows(waits)
    assert (rows[0]["reason"], rows[0]["tries"]) == ("no such offer", 0)
    del ward.handling.broken[waits, 1]
    await ward.did(waits, 1, 2)


async def test_two_workers_share_the_keys_and_never_one_key(ward: Ward) -> None:
    """Both are at work at the same time; each record is tried once and in its key's order."""
    table = ward.handling.table
    incidents = [await ward.parked(1, 2, 3, because=NO_OFFER) for _ in range(6)]
    gate = asyncio.Event()
    for incident in incidents:
        del ward.handling.broken[incident, 1]
        ward.handling.gates[incident, 1] = gate
    ward.handling.tried.clear()
    async with (
        redriving(ward.stack, ward.referral, table),
        redriving(ward.stack, ward.referral, table),
    ):
        for incident in incidents:
            await ward.ask(incident)
        await eventually(lambda: len(ward.handling.tried) == 2)
        gate.set()
        for incident in incidents:
            await ward.did(incident, 1, 2, 3)
    assert set(ward.handling.tried.values()) == {1}


async def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done(ward: Ward) -> None:
    """Its effect goes with it; the next worker goes on without being asked."""
    incident = await ward.parked(1, 2, because=NO_OFFER)
    del ward.handling.broken[incident, 1]
    gate = ward.handling.gates[incident, 2] = asyncio.Event()
    ward.handling.tried.clear()
    await ward.ask(incident)
    async with redriving(ward.stack, ward.referral, ward.handling.table):
        await ward.reached(incident, 2)
    await ward.did(incident, 1)
    await ward.has_open(incident, 1)
    gate.set()
    async with redriving(ward.stack, ward.referral, ward.handling.table):
        await ward.did(incident, 1, 2)
    await ward.has_open(incident, 0)
    assert ward.handling.tried == {(incident, 1): 1, (incident, 2): 2}


async def test_a_record_that_was_handled_elsewhere_has_no_second_effect(
    ward: Ward, worker: None
) -> None:
    """A reader that had lost its partition parked what the next one handled: the inbox knows."""
    incident = await ward.parked(1, 2, because=NO_OFFER)
    del ward.handling.broken[incident, 1]
    await ward.ask(incident)
    await ward.did(incident, 1, 2)
    await ward.has_open(incident, 0)
    async with ward.referral.transaction() as tx:
        await tx.execute("UPDATE parked SET redriven_at = NULL, asked_at = $1", tx.now)
        tx.wake(parked.CHANNEL)
    await ward.has_open(incident, 0)
    await ward.did(incident, 1, 2)


async def test_another_record_in_the_same_place_is_parked_too(ward: Ward) -> None:
    """After a loss of the cluster offsets begin anew: it is no second reading of the first."""
    incident = new_incident().encode()
    was, is_ = (datetime(2026, 11, day, tzinfo=UTC) for day in (22, 23))
    async with ward.referral.transaction() as tx:
        for at in (was, was, is_, None, None):
            record = parked.Record("tirek.lost", 0, 7, incident, (), b"", at)
            await parked.park(tx, record, "a test")
    rows = await ward.rows(incident.decode())
    assert [row["appended_at"] for row in rows] == [was, is_, None]
