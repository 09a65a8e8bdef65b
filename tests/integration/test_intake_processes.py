"""Intake as it runs: its own processes, with a broker and without one."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.stack import Stack
from shared.bus import wire
from shared.errors import Unprocessable
from shared.events import Body, Document, Envelope, Event
from shared.events.envelope import new_salt
from shared.events.intake import IncidentReported
from shared.events.services import SERVICES
from shared.events.words import Fulfilment, OfferStatus, ServiceRequestStatus
from shared.security.sealing import Sealer
from shared.security.tokens import Caller
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.intake import Intake, served, staff
from tests.support.notify_says import enveloped as enveloped_by_notify
from tests.support.notify_says import staff_changed
from tests.support.referral_says import CENTRE, enveloped, offer_changed, request_changed

ACTIVE = ServiceRequestStatus.ACTIVE


@pytest_asyncio.fixture(scope="module")
async def whole() -> AsyncIterator[Intake]:
    """Intake's two processes, with a broker and a database."""
    async with scratch("intake.serve", "intake.work") as own, served(own) as intake:
        yield intake


async def say(stack: Stack, body: Body, envelope: Envelope) -> None:
    """Puts an event on the bus, sealed as its service seals."""
    sealer = Sealer.from_directory(envelope.source, stack.keys(envelope.source))
    document = Document[Any](salt=new_salt(), data=body).canonical()
    key, value, headers = wire.encode(envelope, document, sealer)
    producer = AIOKafkaProducer(**stack.bus().client(), acks="all")
    await producer.start()
    try:
        topic = SERVICES[envelope.source].topic
        await producer.send_and_wait(topic, value, key=key, headers=headers)
    finally:
        await producer.stop()


async def first_record(stack: Stack, key: str) -> Any:
    """The first record with this key on intake's topic."""
    consumer = AIOKafkaConsumer(
        "tirek.intake", **stack.bus().client(), auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(20):
            async for record in consumer:
                if record.key == key.encode():
                    return record
    finally:
        await consumer.stop()


def opened(stack: Stack, service: str, record: Any) -> Event[Any]:
    """The event as a service reads it."""
    sealer = Sealer.from_directory(service, stack.keys(service))
    envelope = wire.decode_envelope(record.topic, record.key, record.headers)
    return wire.decode(envelope, record.value, record.headers, sealer)


async def test_a_report_reaches_referral_over_the_bus_and_nobody_else(whole: Intake) -> None:
    """Sealed: referral opens it, notify cannot, and nothing of it is to be read on the way."""
    taken = await whole.take(staff(), text="КАНАРЕЙКА", survivor={"language": "uz", "age": 34})
    record = await first_record(whole.stack, taken["incident_id"])
    event = opened(whole.stack, "referral", record)
    assert isinstance(event.body, IncidentReported)
    assert event.body.incident_id == event.subject == taken["incident_id"]
    assert event.act is not None
    assert b"crisis-counselling" not in record.value
    assert "КАНАРЕЙКА".encode() not in record.value
    try:
        opened(whole.stack, "notify", record)
    except Unprocessable:
        return
    raise AssertionError("notify must not open what is for referral alone")


async def test_what_referral_says_is_shown_and_ends_readings(whole: Intake) -> None:
    """Accepted: it shows. Cancelled: the holder's ticket is void as soon as the event is there."""
    caller, holder = staff(), staff("worker", organisation=CENTRE)
    taken = await whole.take(caller)
    incident = taken["incident_id"]
    accepted = offer_changed(taken, OfferStatus.ACCEPTED, person=holder.staff_id)
    placed = request_changed(taken, ACTIVE, Fulfilment.PLACED)
    for body in (accepted, placed):
        await say(whole.stack, body, enveloped(body, 2, datetime.now().astimezone()))

    async def progress(expected: str) -> bool:
        shown = (await whole.show(caller, incident)).json()
        return bool(shown["needs"][0]["progress"] == expected)

    await eventually(lambda: progress("accepted"), within=20)
    ticket = await whole.ticket(taken, holder)
    assert (await whole.read(holder, incident, ticket)).status_code == 200
    cancelled = offer_changed(taken, OfferStatus.CANCELLED)
    await say(whole.stack, cancelled, enveloped(cancelled, 3, datetime.now().astimezone()))

    async def refused() -> bool:
        return (await whole.read(holder, incident, ticket)).status_code == 403

    await eventually(refused, within=20)


async def test_who_is_heard_of_over_the_bus_sees_and_who_is_excluded_does_not(
    whole: Intake,
) -> None:
    """Said by notify while the worker is killed: heard by the next one, once it is there."""
    caller, kin = (whole.stranger(staff(staff_id=name)) for name in ("st-heard", "st-heard-kin"))
    phone, tagger, now = "+996000500778", whole.deps.tagger, datetime.now().astimezone()
    mine = (await whole.take(caller, accused=[{"phone": phone}]))["incident_id"]
    theirs = (await whole.take(kin, accused=[{"phone": phone}]))["incident_id"]
    free = (await whole.take(kin))["incident_id"]
    assert (await whole.show(caller, mine)).status_code == 404
    worker = whole.stack.part("intake.work")
    await worker.stop(signal.SIGKILL)
    for body in (staff_changed(tagger, caller), staff_changed(tagger, kin, phones=[phone])):
        await say(whole.stack, body, enveloped_by_notify(body, now))
    await worker.start()

    async def shown(who: Caller, incident: str) -> bool:
        return (await whole.show(who, incident)).status_code == 200

    await eventually(lambda: shown(caller, mine), within=20)
    await eventually(lambda: shown(kin, free), within=20)
    assert not await shown(kin, theirs)


async def test_without_a_broker_reports_are_taken_and_read() -> None:
    """No Kafka anywhere: a report is taken, shown, read by its holder, and a consent withdrawn."""
    async with scratch("intake.serve") as own, served(own) as intake:
        assert "kafka" not in own.parts
        caller, holder = staff(), staff("worker", organisation=CENTRE)
        taken = await intake.take(caller)
        incident, given = taken["incident_id"], taken["consents"][0]["consent_id"]
        assert (await intake.show(caller, incident)).status_code == 200
        ticket = await intake.ticket(taken, holder)
        read = await intake.read(holder, incident, ticket)
        assert read.json()["data"]["identity"]["name"] == "Айсулуу"
        assert (await intake.withdraw(caller, incident, given)).status_code == 200
        assert (await intake.read(holder, incident, ticket)).status_code == 403
