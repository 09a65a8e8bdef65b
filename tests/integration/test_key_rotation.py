"""Sealing keys change under load on the real broker and database, and nothing is unreadable."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition
from typer.testing import CliRunner, Result

from deploy.cli.keys import keys
from deploy.local.stack import Stack
from deploy.operations import sealing_keys
from deploy.provision import secrets
from deploy.topology import HOST, SERVICES
from shared.bus import parked
from shared.db import Database
from shared.events.topics import TOPICS
from shared.key_files import unb64
from shared.security.keyring import PRIVATE_FILE, PUBLIC_FILE
from tests.stack import scratch
from tests.support.bus import (
    NotifyLike,
    ReferralLike,
    consuming,
    new_incident,
    redriving,
    relaying,
    sealer,
    settings,
)
from tests.support.eventually import eventually
from tests.support.ledgers import TOPIC, Listener, heard, make_room, say, waiting, written
from tests.support.rotation import settled

PARKED = "SELECT count(*) FROM parked WHERE redriven_at IS NULL"
OFFER = """
INSERT INTO offers (offer_id, incident_id, service_request_id, organisation, status, version,
                    excluded_people, changed_at)
VALUES ('offer', $1, 'request', 'desk', 'requested', 1, $2, $3)
"""


@dataclass(slots=True)
class Wire:
    """Notify's relay at work in this process; a test adds the consumer."""

    stack: Stack
    notify: Database
    referral: Database
    before: set[int]
    """Numbers of the events that other tests said."""
    listener: Listener = field(default_factory=Listener)

    @property
    def folder(self) -> Path:
        """Where the keys of all services are."""
        return self.stack.state / "secrets"

    async def rotate(self, *services: str) -> None:
        """As ``tirek keys rotate`` does it, while all run."""
        for service in services:
            result = await self.tirek("rotate", service)
            assert result.exit_code == 0, result.output

    async def tirek(self, *arguments: str) -> Result:
        """Runs ``tirek keys …`` on this stack."""
        environment = {
            "TIREK_SECRETS": str(self.folder),
            "TIREK_KAFKA": self.stack.kafka,
            "TIREK_POSTGRES": f"{HOST}:{self.stack.port('postgres')}",
            "COLUMNS": "200",
        }
        return await asyncio.to_thread(CliRunner().invoke, keys, arguments, env=environment)

    async def retire(self, kid: str) -> Result:
        """The same, long after the last change of the keys."""
        settled(self.folder)
        return await self.tirek("retire", kid)

    def in_use(self, service: str) -> str:
        """A service's key in use."""
        [kid] = [
            each.kid
            for each in sealing_keys.standings(self.folder)
            if (each.service, each.state) == (service, "in use")
        ]
        return kid

    async def said(self) -> list[int]:
        """Numbers of the events said in this test."""
        return sorted(set(await written(self.notify)) - self.before)

    async def talk(self) -> None:
        """Says ten things, and ten more when these are heard."""
        while True:
            await say(self.notify, 10, 5)
            await self.all_heard()

    async def all_heard(self) -> None:
        """Waits until everything said has had its effect."""

        async def so() -> bool:
            return len(await heard(self.referral)) >= len(await self.said())

        await eventually(so, within=60)

    async def is_used(self, *kids: str) -> None:
        """Waits until something was sealed with these."""

        async def so() -> bool:
            return set(kids) <= await on_topic(self.stack)

        await eventually(so, within=30, every=0.2)

    async def say_until_used(self, kid: str) -> None:
        """Says ever more, until it is sealed with, or for, the newest key."""

        async def so() -> bool:
            await say(self.notify, 10)
            return kid in await on_topic(self.stack)

        await eventually(so, within=30, every=0.2)

    async def all_is_handled_once(self) -> None:
        """What was said has had its effect, and none twice; nothing is parked."""

        async def numbered() -> bool:
            return not await waiting(self.notify)

        await eventually(numbered, within=60)
        await self.all_heard()
        assert sorted(await heard(self.referral)) == await self.said()
        async with self.referral.transaction() as tx:
            assert await tx.fetchval(PARKED) == 0


async def on_topic(stack: Stack) -> set[str]:
    """All keys that retained records of notify's topic name on their outside."""
    consumer = AIOKafkaConsumer(**stack.bus().client(), auto_offset_reset="earliest")
    await consumer.start()
    try:
        where = [TopicPartition(TOPIC, each) for each in range(TOPICS["notify"].partitions)]
        consumer.assign(where)
        ends = await consumer.end_offsets(where)
        found: set[str] = set()
        while any([await consumer.position(each) < ends[each] for each in where]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    found |= named(record.value)
        return found
    finally:
        await consumer.stop()


def named(value: bytes | str) -> set[str]:
    """The producer's key and the readers'."""
    jwe = json.loads(value)
    readers = {each["header"]["kid"] for each in jwe["recipients"]}
    return {json.loads(unb64(jwe["protected"]))["skid"], *readers}


async def forget_records(stack: Stack) -> None:
    """What Kafka's retention does after seven days."""
    admin = AIOKafkaAdminClient(**stack.bus().client())
    await admin.start()
    try:
        places = [
            TopicPartition(topic.name, each)
            for topic in TOPICS.values()
            for each in range(topic.partitions)
        ]
        await admin.delete_records({place: RecordsToDelete(before_offset=-1) for place in places})
    finally:
        await admin.close()


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A stack whose keys nobody else uses."""
    async with scratch("topics", *(f"{each}.migrate" for each in SERVICES)) as stack:
        yield stack


@pytest_asyncio.fixture
async def wire(own: Stack) -> AsyncIterator[Wire]:
    """Notify talks; referral remembers nothing yet."""
    await make_room(own)
    async with AsyncExitStack() as running:
        notify, referral = (Database(settings(own, kind)) for kind in (NotifyLike, ReferralLike))
        running.push_async_callback(notify.close)
        running.push_async_callback(referral.close)
        await running.enter_async_context(relaying(own, notify))
        yield Wire(own, notify, referral, set(await written(notify)))


@pytest.mark.parametrize("services", [("notify", "referral")], ids="-".join)
async def test_keys_of_both_sides_are_rotated_three_times_while_events_flow(
    wire: Wire, services: tuple[str, ...]
) -> None:
    """Each generation is really used; every event is handled once and none is parked."""
    async with consuming(wire.stack, wire.referral, wire.listener.table):
        async with asyncio.TaskGroup() as tasks:
            talking = tasks.create_task(wire.talk())
            for _ in range(3):
                await wire.rotate(*services)
                await wire.is_used(*map(wire.in_use, services))
            while len(await wire.said()) < 300:
                await wire.all_heard()
            talking.cancel()
        await wire.all_is_handled_once()


@pytest.mark.parametrize(
    ("service", "file"), [("notify", PUBLIC_FILE), ("referral", PRIVATE_FILE)],
    ids=["of-the-producer", "of-the-reader"],
)  # fmt: skip
async def test_an_event_with_a_key_that_is_not_here_yet_waits_for_it(
    wire: Wire, tmp_path: Path, service: str, file: str
) -> None:
    """Distribution takes time between machines: health says what it waits for."""
    here = tmp_path / "referral"
    shutil.copytree(wire.stack.keys("referral"), here)
    table = wire.listener.table
    async with (
        consuming(wire.stack, wire.referral, table, keys=here) as reader,
        redriving(wire.stack, wire.referral, table, keys=here) as health,
    ):
        await wire.rotate(service)
        await wire.say_until_used(wire.in_use(service))
        await eventually(lambda: "sealing key" in health.waiting.values(), within=30)
        secrets.write_set(here / file, secrets.read_set(wire.stack.keys("referral") / file))
        await wire.all_is_handled_once()
        await eventually(lambda: not health.waiting, within=60)
        assert not reader.waiting


async def test_a_key_is_retired_when_the_last_record_that_needs_it_is_gone(wire: Wire) -> None:
    """Refused before, saying where, how many and until when; afterwards all goes on."""
    old = wire.in_use("notify")
    async with consuming(wire.stack, wire.referral, wire.listener.table):
        await say(wire.notify, 40)
        await wire.all_heard()
        await wire.rotate("notify")
        await wire.say_until_used(wire.in_use("notify"))
        before = key_files(wire)
        refused = await wire.retire(old)
        assert refused.exit_code == 1
        assert f"{old} is still needed: nothing was changed" in refused.output
        [needed] = [line for line in refused.output.splitlines() if "tirek." in line]
        where, count, until, _ = (cell.strip() for cell in needed.strip().strip("│").split("│"))
        assert where == TOPIC
        assert int(count) >= 40
        assert until > f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d %H:%M} UTC"
        assert key_files(wire) == before

        await wire.all_is_handled_once()
        await forget_records(wire.stack)
        retired = await wire.retire(old)
        assert retired.exit_code == 0, retired.output
        assert f"{old}: retired" in retired.output
        await say(wire.notify, 40)
        await wire.all_is_handled_once()
        assert (await wire.tirek("restore", old)).exit_code == 0


async def test_a_parked_record_keeps_the_keys_it_was_sealed_with(wire: Wire) -> None:
    """Until a person has had it handled."""
    old = wire.in_use("referral")
    value = sealer(wire.stack, "notify").seal(b"{}", ["referral"])
    async with wire.referral.transaction() as tx:
        await parked.park(tx, parked.Record(TOPIC, 0, 10**9, b"key", (), value), "a test")
    await wire.rotate("referral")
    await forget_records(wire.stack)
    refused = await wire.retire(old)
    assert refused.exit_code == 1
    assert "referral.parked.value" in refused.output
    assert "redriven" in refused.output
    async with wire.referral.transaction() as tx:
        await tx.execute("UPDATE parked SET redriven_at = $1 WHERE key = 'key'", tx.now)
    assert (await wire.retire(old)).exit_code == 0


async def test_what_stands_in_a_database_for_years_is_sealed_again(wire: Wire) -> None:
    """Who may not be told of a case: it would keep its keys for ever."""
    old = wire.in_use("intake")
    blob = sealer(wire.stack, "intake").seal(b"nobody", ["notify"]).decode()
    async with wire.notify.transaction() as tx:
        await tx.execute(OFFER, new_incident(), blob, tx.now)
    await wire.rotate("intake")
    refused = await wire.retire(old)
    assert refused.exit_code == 1
    assert "notify.offers.excluded_people" in refused.output

    settled(wire.folder)
    for count in (1, 0):
        assert f"{old}: {count} rows sealed again" in (await wire.tirek("reseal", old)).output
    async with wire.notify.transaction() as tx:
        after = await tx.fetchval("SELECT excluded_people FROM offers")
    assert sealer(wire.stack, "notify").open(after.encode(), by="intake") == b"nobody"
    assert named(after) == {wire.in_use("intake"), wire.in_use("notify")}
    assert (await wire.retire(old)).exit_code == 0


def key_files(wire: Wire) -> dict[Path, bytes]:
    """All sealing keys of this machine."""
    return {path: path.read_bytes() for path in wire.folder.glob("*/seal.*.json")}
