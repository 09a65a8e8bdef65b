"""The bus passes over what was said: its reader notices, and has it said again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from deploy.local.stack import Stack
from shared.bus.asking import LACKING
from shared.clock import wall
from shared.security.between import Between
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.faults import lies
from tests.support.tokens import token
from tests.support.town import COORDINATOR, Town, town

SAMPLE = "12-late-yes"
SOON = "1"
"""Seconds between questions, and the age of what is asked for."""
SAID = "SELECT event_id FROM intake.outbox"
UNSAID = "SELECT count(*) FROM intake.outbox WHERE published_at IS NULL"
PARKED = "SELECT array_agg(redriven_at IS NOT NULL) FROM referral.parked WHERE key = $1"
WAITS = """
INSERT INTO parked (topic, partition, "offset", key, headers, value, reason, parked_at, asked_at,
                    proven)
SELECT 'tirek.intake', 0, length($1::bytea), $1, $2, '', 'test', now, now, $3
FROM clock_timestamp() AS now
"""
AGAIN = 'tirek_events_asked_again_total{producer="intake"}'


@pytest_asyncio.fixture(scope="module")
async def alone() -> AsyncIterator[Town]:
    """A town whose referral asks often."""
    async with scratch() as stack, town(stack) as own:
        stack.part("referral.work").change(TIREK_ASK_EVERY=SOON)
        yield own


async def garbage_takes_their_ids(stack: Stack, reader: str) -> None:
    """Besides, a stranger puts garbage under the id of each."""
    await lies.offsets_are_moved(stack, reader)
    database = await asyncpg.connect(stack.superuser("tirek"))
    producer = AIOKafkaProducer(**stack.bus().client(), acks="all")
    await producer.start()
    try:
        for row in await database.fetch(SAID):
            headers = [("ce_id", row["event_id"].encode())]
            await producer.send_and_wait("tirek.intake", b"x", key=b"x", headers=headers)
    finally:
        await producer.stop()
        await database.close()


async def published(stack: Stack) -> None:
    """Waits until intake has said all."""
    database = await asyncpg.connect(stack.superuser("tirek"))

    async def all_of_it() -> bool:
        return bool(await database.fetchval(UNSAID) == 0)

    try:
        await eventually(all_of_it, within=30)
    finally:
        await database.close()


async def health_of_referral(town: Town, path: str = "/health/live") -> str:
    """What its worker says; nothing while it starts."""
    try:
        return (await town.http.get(town.stack.url("referral_health") + path)).text
    except httpx.TransportError:
        return ""


@pytest.mark.parametrize(
    ("lie", "whose"),
    [
        (lies.offsets_are_moved, "referral"),
        (lies.records_are_deleted, "intake"),
        (garbage_takes_their_ids, "referral"),
    ],
)
async def test_what_the_bus_passed_over_is_said_again(
    alone: Town, lie: Callable[[Stack, str], Awaitable[None]], whose: str
) -> None:
    """The reporter read "received", no lag is left, and she is matched all the same."""
    reader = alone.stack.part("referral.work")
    await reader.stop()
    incident = await alone.report(SAMPLE)
    await published(alone.stack)
    await lie(alone.stack, whose)
    await reader.start(30)

    async def matched() -> list[Any]:
        return await alone.requests(incident)

    assert await eventually(matched, within=60)
    assert f"{AGAIN} " in await health_of_referral(alone, "/metrics")
    assert f"{AGAIN} 0.0" not in await health_of_referral(alone, "/metrics")


async def test_what_came_first_is_handled_first_though_it_comes_last(alone: Town) -> None:
    """Her report was passed over and her consent was not: all is as if both had come in order."""
    reader, sample = alone.stack.part("referral.work"), alone.samples[SAMPLE]
    await reader.stop()
    given = alone.body(SAMPLE)["consents"]
    incident = await alone.report(SAMPLE, consents=[])
    await published(alone.stack)
    await lies.offsets_are_moved(alone.stack, "referral")
    path = f"/incidents/{incident}/consents"
    await alone.ask(alone.caller(sample.reported_by), "intake", "POST", path, {"consents": given})
    await published(alone.stack)
    await reader.start(30)
    assert (await alone.offer(incident, given[0]["need"]))["status"] == "requested"
    database = await asyncpg.connect(alone.stack.superuser("tirek"))

    async def nothing_waits() -> bool:
        return bool(await database.fetchval(PARKED, incident.encode()) == [True])

    try:
        await eventually(nothing_waits, within=30)
    finally:
        await database.close()


async def test_what_is_tried_because_its_key_may_come_is_not_found(alone: Town) -> None:
    """Nor is it asked for meanwhile: what is known passes only what was handled or is proven."""
    database = await asyncpg.connect(alone.stack.superuser("tirek"))
    undone = database.transaction()
    await undone.start()
    try:
        await database.execute("SET LOCAL search_path TO referral")
        for event, proven in (("tried", False), ("true", True)):
            await database.execute(WAITS, event.encode(), [f"ce_id={event}"], proven)
        rows = await database.fetch(LACKING, ["tried", "true", "unheard"], "intake", "tirek.intake")
    finally:
        await undone.rollback()
        await database.close()
    assert {row["id"]: bool(row["tried"]) for row in rows} == {"tried": True, "unheard": False}


async def test_a_producer_that_does_not_answer_is_a_named_wait(alone: Town) -> None:
    """Nothing is passed over meanwhile, and nothing ends for it."""
    await alone.stack.part("referral.work").stop()
    await alone.stack.part("referral.work").start(30)
    await alone.stack.part("intake.serve").stop()

    async def named() -> bool:
        return "intake's outbox" in await health_of_referral(alone)

    await eventually(named, within=30)
    await alone.stack.part("intake.serve").start(30)

    async def over() -> bool:
        report = await health_of_referral(alone)
        return bool(report) and "outbox" not in report

    await eventually(over, within=30)


async def test_a_producer_tells_each_reader_of_its_own_and_nobody_else(alone: Town) -> None:
    """No person, whoever they are, and no service of what it may not read."""
    await alone.report(SAMPLE)
    await published(alone.stack)
    url = f"{alone.stack.url('intake')}/outbox?age=0"
    person = token(alone.stack, COORDINATOR)
    for headers in ({}, {"Authorization": f"Bearer {person}"}):
        assert (await alone.http.get(url, headers=headers)).status_code == 401
    counts = {}
    for service in ("referral", "notify"):
        keys = alone.stack.keys(service)
        asks = Between.from_directory(service, keys).token("intake", wall())
        headers = {"Authorization": f"Bearer {asks}"}
        told = (await alone.http.get(url, headers=headers)).json()
        counts[service] = len(told["said"])
        elsewhere = await alone.http.get(
            f"{alone.stack.url('notify')}/outbox?age=0", headers=headers
        )
        assert elsewhere.status_code == 401  # it was made for intake
    assert counts["referral"] > 0
    assert counts["notify"] == 0
