"""Whoever owns the database may change the outbox, but not without its being seen."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from deploy.operations.outbox_proof import ROWS, Looked, Proof
from shared.bus.chain import COLUMNS, Row, chain
from shared.bus.proof import Finding, Kind, one
from shared.db import Database
from shared.macs import Macs
from tests.stack import scratch
from tests.support.bus import NotifyLike, relaying, settings
from tests.support.eventually import eventually
from tests.support.ledgers import say, waiting

N = 60
SAVE = "CREATE TABLE saved AS TABLE outbox"
RESTORE = """
DELETE FROM outbox;
INSERT INTO outbox OVERRIDING SYSTEM VALUE SELECT * FROM saved
"""
REMOVE = "DELETE FROM outbox WHERE producer_seq = $1"
REWRITE = "UPDATE outbox SET prev = $2, digest = $3 WHERE id = $1"
FORGE = """
INSERT INTO outbox (event_id, type, key, subject, time, correlation_id, aggregate_version, document,
                    producer_seq, prev, digest, published_at, partition, "offset")
SELECT 'forged', type, key, subject, time, correlation_id, aggregate_version, '{}',
       $1, $2, '', published_at, partition, $3 FROM saved WHERE producer_seq = 30
"""


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """An outbox of sixty events, all of them published."""
    async with scratch("notify.migrate", "referral.migrate", "topics") as stack:
        db = Database(settings(stack, NotifyLike))
        try:
            async with relaying(stack, db):
                await say(db, N)

                async def all_said() -> bool:
                    return await waiting(db) == 0

                await eventually(all_said, within=30)
        finally:
            await db.close()
        yield stack


@pytest_asyncio.fixture
async def owner(own: Stack) -> AsyncIterator[asyncpg.Connection]:
    """The superuser in notify's schema; what is done to the outbox is undone afterwards."""
    connection = await asyncpg.connect(own.superuser("tirek"))
    await connection.execute("SET search_path = notify")
    await connection.execute(SAVE)
    try:
        yield connection
    finally:
        await connection.execute(RESTORE)
        await connection.execute("DROP TABLE saved")
        await connection.close()


async def proof(
    stack: Stack, *, service: str = "notify", kafka: bool = True, macs: Macs | None = None
) -> Looked:
    """What the proof says, asked with the service's own role."""
    database = await asyncpg.connect(stack.dsn(f"tirek_{service}"))
    try:
        checks = Proof(database, service, lambda _: None, macs)
        return await checks.verify(stack.bus() if kafka else None)
    finally:
        await database.close()


async def found(stack: Stack) -> list[Finding]:
    """All findings."""
    return (await proof(stack)).findings


async def of_chain(stack: Stack) -> list[Finding]:
    """What the database alone shows."""
    return (await proof(stack, kafka=False)).findings


async def numbered(owner: asyncpg.Connection, first: int = 1) -> list[Row]:
    """The outbox from a number on."""
    rows = [Row.of("notify", each) for each in await owner.fetch(ROWS, 0, 0, N)]
    return [row for row in rows if row.envelope.producer_seq >= first]


async def command(stack: Stack, role: str) -> tuple[int, str]:
    """``tirek outbox verify``: its exit status and what it prints."""
    arguments = ("outbox", "verify", f"--database-url={stack.dsn(role)}", f"--kafka={stack.kafka}")
    env = {"COLUMNS": "200", "TIREK_KAFKA_PASSWORD": stack.bus().password}
    ended = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=env)
    return ended.exit_code, ended.output


async def test_an_outbox_left_alone_is_in_order(own: Stack) -> None:
    """And the command says what it has looked at."""
    looked = await proof(own)
    assert (looked.rows, looked.records, looked.waiting, looked.findings) == (N, N, 0, [])
    assert await of_chain(own) == []
    status, said = await command(own, "tirek_notify")
    assert status == 0
    assert said.startswith("notify: 60 rows, numbers 1 to 60, ")
    assert said.endswith("; 60 records\n  in order\n")


async def test_swept_rows_and_rows_that_wait_are_no_findings(
    own: Stack, owner: asyncpg.Connection
) -> None:
    """The first row that is left is taken on trust; the relay had not come to the last ones."""
    await owner.execute("DELETE FROM outbox WHERE producer_seq <= 20")
    await owner.execute(
        'UPDATE outbox SET published_at = NULL, partition = NULL, "offset" = NULL'
        " WHERE producer_seq > 50"
    )
    looked = await proof(own)
    assert (looked.rows, looked.waiting, looked.findings) == (40, 10, [])


async def test_a_row_removed_from_the_middle_is_seen(own: Stack, owner: asyncpg.Connection) -> None:
    """By the gap, and by the topic; the command names it and fails."""
    await owner.execute(REMOVE, 30)
    assert await of_chain(own) == [one(Kind.MISSING, 30)]
    assert await found(own) == [one(Kind.MISSING, 30), one(Kind.REMOVED, 30)]
    status, said = await command(own, "tirek_notify")
    assert status == 1
    assert "\n  number 30 missing\n" in said


async def test_a_row_removed_from_the_end_is_seen(own: Stack, owner: asyncpg.Connection) -> None:
    """By the topic, even if all are removed."""
    await owner.execute(REMOVE, N)
    assert await found(own) == [one(Kind.REMOVED, N)]
    await owner.execute("DELETE FROM outbox")
    assert await found(own) == [Finding(Kind.REMOVED, 1, N)]


async def test_a_row_put_in_another_ones_place_is_seen(
    own: Stack, owner: asyncpg.Connection
) -> None:
    """Its own digest fits: the next row does not link to it."""
    await owner.execute(REMOVE, 30)
    await forge(owner, 30)
    assert await of_chain(own) == [one(Kind.REPLACED, 31)]
    assert one(Kind.DIFFERENT, 30) in await found(own)


@pytest.mark.parametrize("offset", [0, 10**6])
async def test_a_row_added_at_the_end_is_seen(
    own: Stack, owner: asyncpg.Connection, offset: int
) -> None:
    """It says that it was published: the topic holds something else there, or nothing."""
    await forge(owner, N + 1, offset)
    assert await of_chain(own) == []
    assert await found(own) == [one(Kind.UNPUBLISHED, N + 1)]


async def test_a_number_that_stands_twice_is_seen(own: Stack, owner: asyncpg.Connection) -> None:
    """Who owns the table may drop its constraint."""
    await owner.execute("ALTER TABLE outbox DROP CONSTRAINT outbox_producer_seq_key")
    try:
        await forge(owner, 30)
        assert await of_chain(own) == [one(Kind.INSERTED, 30)]
    finally:
        await owner.execute("DELETE FROM outbox WHERE event_id = 'forged'")
        await owner.execute("ALTER TABLE outbox ADD UNIQUE (producer_seq)")


@pytest.mark.parametrize(
    "change",
    [
        """document = '{"salt":"","data":{}}'""",
        "subject = 'another'",
        "time = time - interval '1 hour'",
        "type = 'tirek.alert.sent.v1'",
        "correlation_id = 'another'",
        "causation_id = 'another'",
        "aggregate_version = aggregate_version + 1",
        "event_id = 'another'",
    ],
)
async def test_an_altered_row_is_seen(own: Stack, owner: asyncpg.Connection, change: str) -> None:
    """What was said, or what was said about it."""
    await owner.execute(f"UPDATE outbox SET {change} WHERE producer_seq = 30")
    assert await of_chain(own) == [one(Kind.ALTERED, 30)]


async def test_another_key_is_seen_on_the_topic(own: Stack, owner: asyncpg.Connection) -> None:
    """The key is Kafka's and stands in no digest."""
    await owner.execute("UPDATE outbox SET key = 'another' WHERE producer_seq = 30")
    assert await found(own) == [one(Kind.DIFFERENT, 30)]


async def test_a_rewritten_outbox_is_seen_on_the_topic_and_by_the_key(
    own: Stack, owner: asyncpg.Connection
) -> None:
    """One document altered, and every digest after it made to fit: in itself it is in order. The
    topic holds it for a week; the key shows it as long as rows are there."""
    await owner.execute("UPDATE outbox SET document = '{}' WHERE producer_seq = 30")
    before = await owner.fetchval("SELECT digest FROM outbox WHERE producer_seq = 29")
    rows = await numbered(owner, 30)
    for row, own_digest in chain(rows, 29, before):
        await owner.execute(REWRITE, row.id, row.envelope.prev, own_digest)
    assert await of_chain(own) == []
    assert await found(own) == [Finding(Kind.DIFFERENT, 30, N)]
    looked = await proof(own, kafka=False, macs=Macs.of(own.keys("notify")))
    assert looked.findings == [Finding(Kind.UNPROVEN, 30, N)]


async def test_what_somebody_else_put_on_the_topic_is_seen(own: Stack) -> None:
    """A record with a number that referral never gave, and one without."""
    producer = AIOKafkaProducer(**own.bus().client(), acks="all")
    await producer.start()
    try:
        headers = [("ce_producerseq", b"7"), ("ce_digest", b"f" * 64)]
        await producer.send_and_wait("tirek.referral", b"", key=b"k", headers=headers)
        await producer.send_and_wait("tirek.referral", b"")
    finally:
        await producer.stop()
    looked = await proof(own, service="referral")
    assert (looked.findings, looked.strange) == ([one(Kind.REMOVED, 7)], 1)


async def test_a_role_of_no_service_is_told_what_to_give(own: Stack) -> None:
    """One line, no traceback."""
    status, said = await command(own, "tirek_clock")
    assert (status, said) == (1, "this role belongs to no service: give --service\n")


async def forge(owner: asyncpg.Connection, seq: int, offset: int = 0) -> None:
    """Inserts a row that links to the one before, with a digest of its own that fits."""
    prev = await owner.fetchval("SELECT digest FROM saved WHERE producer_seq = $1", seq - 1)
    await owner.execute(FORGE, seq, prev, offset)
    rows = await owner.fetch(f"SELECT id, {COLUMNS} FROM outbox WHERE event_id = 'forged'")
    [(row, fitting)] = chain([Row.of("notify", each) for each in rows], seq - 1, prev)
    await owner.execute(REWRITE, row.id, prev, fitting)
