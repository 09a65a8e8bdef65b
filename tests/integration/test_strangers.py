"""What a stranger writes to a topic all the same stops nobody: on the real broker and database."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared.bus import redrive, wire
from shared.bus.redrive import Redrive
from shared.db import Database
from shared.events import Envelope, event_type
from shared.events.notify import AnswerReceived
from shared.events.topics import TOPICS
from shared.ids import RandomIds
from shared.key_files import b64, unb64
from shared.runtime.health import Health
from shared.security.keyring import PUBLIC_FILE
from tests.contract.test_samples import opened, sample
from tests.stack import scratch
from tests.support.bombs import drop_bomb
from tests.support.bus import (
    NotifyLike,
    ReferralLike,
    answer,
    consuming,
    new_incident,
    redriving,
    relaying,
    sealer,
    settings,
)
from tests.support.eventually import eventually
from tests.support.redrive import Ward

TOPIC = TOPICS["notify"]
FORGED, PARKED = "tirek_events_forged_total", "tirek_parked_records"
DROPPED = ("tirek_events_consumed_total", {"type": "any", "outcome": "dropped"})
APART = "SELECT count(*) FROM parked WHERE NOT proven"
FORGET = "DELETE FROM parked"
Record = tuple[bytes, bytes, wire.Headers]


@pytest_asyncio.fixture(scope="module")
async def alone() -> AsyncIterator[Ward]:
    """Notify speaks."""
    async with AsyncExitStack() as running:
        running.enter_context(capture_logs())
        stack = await running.enter_async_context(
            scratch("notify.migrate", "referral.migrate", "topics")
        )
        notify, referral = (Database(settings(stack, kind)) for kind in (NotifyLike, ReferralLike))
        for db in (notify, referral):
            running.push_async_callback(db.close)
        await running.enter_async_context(relaying(stack, notify))
        yield Ward(stack, notify, referral)


@pytest_asyncio.fixture
async def ward(alone: Ward) -> Ward:
    """Nothing is parked yet."""
    async with alone.referral.transaction() as tx:
        await tx.execute(FORGET)
    return alone


@asynccontextmanager
async def listening(
    ward: Ward, *, keys: Path | None = None, limit: int = 1000
) -> AsyncIterator[Health]:
    """Referral reads, and tries again what is parked; the health of its redrive."""
    table, hello = ward.handling.table, new_incident()
    async with (
        consuming(ward.stack, ward.referral, table, keys=keys, parked_limit=limit),
        redriving(ward.stack, ward.referral, table, keys=keys) as health,
    ):
        if keys is None:  # else it hears nothing yet
            await answer(ward.notify, hello, 1)
            await eventually(lambda: ward.handling.tried[hello, 1])
        yield health


async def send(ward: Ward, records: Sequence[Record], partition: int | None = None) -> None:
    """Whoever reaches the broker; without a ``partition``, to that of the key."""
    producer = AIOKafkaProducer(**ward.stack.bus().client(), acks="all")
    await producer.start()
    try:
        for key, value, headers in records:
            await producer.send_and_wait(
                TOPIC.name, value, key=key, headers=headers, partition=partition
            )
    finally:
        await producer.stop()


def garbage(key: str) -> Record:
    """No event at all."""
    return key.encode(), b"\x00\xff", [("x", b"\xff\xfe")]


def never_sealed(stack: Ward, key: str) -> Record:
    """An answer that names a key of notify which will never come."""
    ce_type = event_type(AnswerReceived)
    envelope = Envelope(
        id=RandomIds().new(), type=ce_type, source="notify", subject=key, key=key,
        time=datetime(2026, 11, 23, 12, tzinfo=UTC), correlation_id=key,
        aggregate_version=1, producer_seq=1,
    )  # fmt: skip
    document = opened(ce_type, sample(ce_type)).canonical()
    at, value, headers = wire.encode(envelope, document, sealer(stack.stack, "notify"))
    jwe = json.loads(value)
    protected = json.loads(unb64(jwe["protected"])) | {"skid": "notify.99"}
    return (
        at,
        json.dumps(jwe | {"protected": b64(json.dumps(protected).encode())}).encode(),
        headers,
    )


async def apart(ward: Ward) -> int:
    """How much is kept that nothing proves."""
    async with ward.referral.transaction() as tx:
        return int(await tx.fetchval(APART))


def value_of(name: str, labels: dict[str, str] | None = None) -> float:
    """What a metric says."""
    return REGISTRY.get_sample_value(name, labels or {}) or 0


async def test_a_key_that_never_comes_holds_up_nobody(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its partition nor the case whose key it bears; then it is counted, and let lie."""
    case, neighbour, before = new_incident(), new_incident(), value_of(FORGED)
    async with listening(ward) as health:
        for partition in range(TOPIC.partitions):
            await send(ward, [never_sealed(ward, case)], partition)
        await eventually(lambda: "sealing key" in health.waiting.values(), within=20)
        await answer(ward.notify, case, 1)
        await answer(ward.notify, neighbour, 1)
        await ward.did(neighbour, 1)
        await ward.did(case, 1)
        assert value_of(FORGED) == before
        monkeypatch.setattr(redrive, "KEY_PATIENCE", timedelta())
        await eventually(lambda: value_of(FORGED) == before + TOPIC.partitions, within=20)
        await eventually(lambda: not health.waiting, within=20)
        assert value_of(PARKED) == 0
    assert await apart(ward) == TOPIC.partitions


async def test_garbage_under_the_key_of_a_case_does_not_hold_it_up(ward: Ward) -> None:
    """What is the case's own goes on; the garbage is counted and kept, apart from it."""
    case, before = new_incident(), value_of(FORGED)
    async with listening(ward):
        await answer(ward.notify, case, 1)
        await ward.did(case, 1)
        await send(ward, [garbage(case)])
        await answer(ward.notify, case, 2)
        await ward.did(case, 1, 2)
        await eventually(lambda: value_of(FORGED) == before + 1, within=20)
        assert value_of(PARKED) == 0
    assert await apart(ward) == 1


async def test_more_garbage_than_is_kept_ends_nothing(ward: Ward) -> None:
    """What is beyond the limit is counted and let go, and whoever speaks truly is heard."""
    case, before, dropped = new_incident(), value_of(FORGED), value_of(*DROPPED)
    async with listening(ward, limit=5):
        await send(ward, [garbage(new_incident()) for _ in range(20)])
        await answer(ward.notify, case, 1)
        await ward.did(case, 1)
        await eventually(lambda: value_of(FORGED) == before + 20, within=20)
    assert value_of(*DROPPED) == dropped + 15
    assert await apart(ward) == 5


async def test_a_compressed_bomb_is_unpacked_by_nobody(ward: Ward) -> None:
    """600 KB that are 600 MB: the broker lives, and its readers pass over it."""
    case, before, broker = new_incident(), value_of(FORGED), ward.stack.part("kafka")
    starts = broker.starts
    async with listening(ward):
        producer = AIOKafkaProducer(**ward.stack.bus().client(), acks="all")
        await producer.start()
        try:
            await drop_bomb(producer, TOPIC.name, 600)
        finally:
            await producer.stop()
        await eventually(lambda: value_of(FORGED) == before + 1)
        await answer(ward.notify, case, 1)
        await ward.did(case, 1)
    assert broker.starts == starts


async def test_what_is_larger_than_any_event_is_not_looked_into(ward: Ward) -> None:
    """Its place is kept, and no more of it."""
    before = value_of(FORGED)
    key, many = new_incident().encode(), [("x", b"x")] * 65
    async with listening(ward):
        await send(ward, [(key, b"", many), (key, b"", [("x", bytes(16 * 1024))])])
        await eventually(lambda: value_of(FORGED) == before + 2)
    async with ward.referral.transaction() as tx:
        for row in await tx.fetch("SELECT * FROM parked"):
            assert (row["key"], row["headers"], row["value"]) == (b"", [], b"")
            assert row["reason"].startswith("larger than any event")


@pytest.fixture
def keys(ward: Ward, tmp_path: Path) -> Path:
    """Referral's key files, without notify's key."""
    here = tmp_path / "referral"
    shutil.copytree(ward.stack.keys("referral"), here)
    public = json.loads((here / PUBLIC_FILE).read_text())
    others = [each for each in public["keys"] if not each["kid"].startswith("notify.")]
    (here / PUBLIC_FILE).write_text(json.dumps({"keys": others}))
    return here


async def test_what_waited_for_its_key_is_handled_in_order_when_that_comes(
    ward: Ward, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes when the first has just been passed over, and a stranger's lies before them all;
    what is said then comes last."""
    case, passed, lies = new_incident(), asyncio.Event(), Redrive._lies

    async def and_the_key_comes(*arguments: Any) -> bool:
        asked = arguments[2]
        if passed.is_set() and asked.id == (await ward.rows(case))[1]["id"]:
            shutil.copy(ward.stack.keys("referral") / PUBLIC_FILE, keys / PUBLIC_FILE)
        return await lies(*arguments)

    monkeypatch.setattr(Redrive, "_lies", and_the_key_comes)
    async with listening(ward, keys=keys) as health:
        await send(ward, [never_sealed(ward, case)])
        await answer(ward.notify, case, 1)
        await answer(ward.notify, case, 2)
        await eventually(lambda: health.waiting)
        await ward.has_open(case, 3)
        passed.set()
        await answer(ward.notify, case, 3)
        await ward.did(case, 1, 2, 3)


async def test_what_was_let_lie_is_handled_when_a_person_asks(
    ward: Ward, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key came too late: nothing of it is lost. (Its reader has it said again, too.)"""
    case, before = new_incident(), value_of(FORGED)
    monkeypatch.setattr(redrive, "KEY_PATIENCE", timedelta())
    async with listening(ward, keys=keys):
        await answer(ward.notify, case, 1)
        await eventually(lambda: value_of(FORGED) == before + 1)
        await ward.rests(case)
        shutil.copy(ward.stack.keys("referral") / PUBLIC_FILE, keys / PUBLIC_FILE)
        await ward.ask(case)
        await ward.did(case, 1)
        await ward.has_open(case, 0)
