"""Notify as it runs: its own processes, a real broker, a real gateway, and kill -9."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.stack import Stack
from shared.bus import wire
from shared.crash import VARIABLE, Point, last_word
from shared.events import Body, Document
from shared.events.envelope import new_salt
from shared.events.notify import AlertSent, AlertUnreachable, AnswerReceived
from shared.security.sealing import Sealer
from tests.stack import scratch, turn_clock
from tests.support.eventually import eventually
from tests.support.notify import House, house, phone
from tests.support.told import message_where


@dataclass(slots=True)
class Running:
    """Notify's worker with everything round it, and one person on duty."""

    house: House
    stack: Stack
    http: httpx.AsyncClient

    async def say(self, body: Body) -> None:
        """Puts an event on the bus as referral does."""
        sealer = Sealer.from_directory("referral", self.stack.keys("referral"))
        envelope = await self.house.envelope(body)
        document = Document[Any](salt=new_salt(), data=body).canonical()
        key, value, headers = wire.encode(envelope, document, sealer)
        producer = AIOKafkaProducer(**self.stack.bus().client(), acks="all")
        await producer.start()
        try:
            await producer.send_and_wait("tirek.referral", value, key=key, headers=headers)
        finally:
            await producer.stop()

    async def heard(self, kind: type[Body]) -> Body:
        """The first event of a type that notify puts on the bus, as referral opens it."""
        sealer = Sealer.from_directory("referral", self.stack.keys("referral"))
        consumer = AIOKafkaConsumer(
            "tirek.notify", **self.stack.bus().client(), auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            async with asyncio.timeout(20):
                async for record in consumer:
                    envelope = wire.decode_envelope(record.topic, record.key, record.headers)
                    event = wire.decode(envelope, record.value, record.headers, sealer)
                    if isinstance(event.body, kind) and record.key.decode() == self.house.incident:
                        return event.body
        finally:
            await consumer.stop()
        raise AssertionError("the topic ended")

    async def texts(self) -> list[str]:
        """What the phone of who is on duty received."""
        answer = await self.http.get(f"/api/phones/{phone(1)}/messages")
        return [each["text"] for each in answer.json() if not each["from_phone"]]

    async def wait_for_texts(self, count: int) -> list[str]:
        """What it received, once there are so many."""

        async def probe() -> list[str]:
            found = await self.texts()
            return found if len(found) >= count else []

        return await eventually(probe, within=40)


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Running]:
    """A stack of its own: its worker is killed."""
    parts = ("topics", "provision", "simulators", "notify.migrate")
    async with scratch(*parts) as stack, house(stack) as one:
        await one.organisation()
        await one.person("st-one", 1)
        await one.on_duty("st-one")
        await stack.ensure("notify.work")
        async with httpx.AsyncClient(base_url=stack.url("phones")) as http:
            yield Running(one, stack, http)


async def test_from_an_offer_on_the_bus_to_a_phone_and_back(running: Running) -> None:
    """Consumed, told, answered, published: every hop on the real parts."""
    await running.say(await running.house.asking())
    [text] = await running.wait_for_texts(1)
    sent = await running.heard(AlertSent)
    assert isinstance(sent, AlertSent)
    assert sent.people == 1
    reply = f"/api/phones/{phone(1)}/replies"
    await running.http.post(reply, json={"text": f"вижу {text.split()[-1]}"})
    answer = await running.heard(AnswerReceived)
    assert isinstance(answer, AnswerReceived)
    assert answer.answer == "received"


async def test_a_kill_repeats_what_was_in_flight_marked_and_nothing_else(running: Running) -> None:
    """kill -9 between claim and record: the text comes again, says so, and has the same code."""
    await running.http.post("/api/faults", json={"mode": "slow", "count": 1, "seconds": 8})
    await running.say(await running.house.asking())
    await running.wait_for_texts(1)
    worker = running.stack.part("notify.work")
    await worker.kill()
    await worker.ready()
    first, second = await running.wait_for_texts(2)
    assert "Срочно" in first
    assert "Повтор" in second
    assert first.split()[-1] == second.split()[-1]
    message = await message_where(running.house, status="sent")
    assert message["maybe_sent"] == 1
    assert await running.texts() == [first, second]


async def test_a_peaceful_stop_repeats_nothing(running: Running) -> None:
    """SIGTERM: what is in flight is answered and recorded before the process ends."""
    await running.http.post("/api/faults", json={"mode": "slow", "count": 1, "seconds": 2})
    await running.say(await running.house.asking())
    await running.wait_for_texts(1)
    await running.stack.part("notify.work").restart()
    message = await message_where(running.house, status="sent")
    assert (message["maybe_sent"], message["attempts"]) == (0, 1)
    assert len(await running.texts()) == 1


async def test_an_alert_is_given_up_once_though_the_pass_that_does_it_dies(
    running: Running,
) -> None:
    """Nobody could be texted in time; kill -9 as that is said, and it is said all the same."""
    worker = running.stack.part("notify.work")
    worker.change(**{VARIABLE: f"{Point.CLOCK_CLAIMED}:1"})
    await worker.restart()
    worker.change(**{VARIABLE: None})  # the next life knows of nothing
    # for a minute nobody may bind
    await running.http.post("/api/faults", json={"mode": "drop-bind", "seconds": 60})
    await running.say(await running.house.asking())
    await message_where(running.house, kind="alert", status="queued")
    await turn_clock(running.stack, timedelta(minutes=6))
    given_up = await running.heard(AlertUnreachable)
    assert isinstance(given_up, AlertUnreachable)
    assert given_up.alert_id == "alert-1"
    assert last_word(Point.CLOCK_CLAIMED).encode() in worker.launch.log.read_bytes()
    assert len(await running.house.said(AlertUnreachable)) == 1
    assert await running.texts() == []
