"""Links break as they say, for as long as they say, and pass everything on before and after."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from deploy.local.ports import Route
from deploy.local.variant import Variant
from deploy.topology import HOST
from tests.stack import state_folder
from tests.support.eventually import eventually
from tests.support.faults.link import Flaps, Link
from tests.support.faults.rig import Rig, rig

KAFKA, POSTGRES = "intake.work:kafka", "intake.work:postgres"
TABLE = "CREATE TABLE linked (id int PRIMARY KEY)"


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Rig]:
    """Kafka and PostgreSQL, each with a link that nobody uses but these tests."""
    with state_folder() as state:
        variant = Variant(links=(KAFKA, POSTGRES))
        async with rig(state, "topics", "provision", variant=variant) as it:
            yield it


@asynccontextmanager
async def database(own: Rig) -> AsyncIterator[asyncpg.Connection]:
    """A connection through the link, as an owner who may make tables."""
    dsn = own.stack.dsn("tirek_intake_owner").replace(
        f":{own.stack.port('postgres')}/", f":{own.links[POSTGRES].routes[0].front}/"
    )
    connection = await asyncpg.connect(dsn, timeout=2, command_timeout=1)
    try:
        yield connection
    finally:
        connection.terminate()


async def rows(own: Rig) -> list[int]:
    """What is really in the table, asked without the link."""
    direct = await asyncpg.connect(own.stack.superuser("tirek"))
    try:
        return [row["id"] for row in await direct.fetch("SELECT id FROM intake.linked ORDER BY id")]
    finally:
        await direct.close()


@pytest_asyncio.fixture(scope="module")
async def table(own: Rig) -> None:
    """An empty table."""
    async with database(own) as connection:
        await connection.execute(TABLE)


def test_a_process_is_told_its_links(own: Rig) -> None:
    """And no other process is."""
    environment = own.stack.environment("intake.work")
    assert environment["TIREK_KAFKA"] == f"{HOST}:{own.links[KAFKA].routes[0].front}"
    assert f":{own.links[POSTGRES].routes[0].front}/" in environment["TIREK_DATABASE_URL"]
    assert f":{own.links[POSTGRES].routes[0].front}/" in environment["TIREK_KEYSTORE_URL"]
    other = own.stack.environment("intake.serve")
    assert other["TIREK_KAFKA"] == own.stack.kafka
    assert f":{own.stack.port('postgres')}/" in other["TIREK_DATABASE_URL"]


async def test_a_blackholed_link_is_silent_and_then_works_again(own: Rig) -> None:
    """A query times out; a connection that waited is served when it is over."""
    async with database(own) as connection:
        link = own.links[POSTGRES]
        async with link.blackholed():
            with pytest.raises(TimeoutError):
                await connection.fetchval("SELECT 1", timeout=0.3)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3), database(own):
                    pytest.fail("it connected")
        async with database(own) as again:
            assert await again.fetchval("SELECT 1") == 1


async def test_what_was_said_into_the_silence_arrives_when_it_ends(own: Rig, table: None) -> None:
    """As over TCP: late, once, and in order."""
    async with database(own) as connection:
        held = own.links[POSTGRES].held
        async with own.links[POSTGRES].blackholed():
            late = asyncio.create_task(
                connection.execute("INSERT INTO linked VALUES (100)", timeout=20)
            )
            await asyncio.wait([late], timeout=0.2)
            assert not late.done()
            assert own.links[POSTGRES].held > held
            assert 100 not in await rows(own)
        assert await late == "INSERT 0 1"
        assert 100 in await rows(own)


async def test_a_forgotten_connection_is_silent_for_ever_and_new_ones_are_whole(own: Rig) -> None:
    """From when it says what it is forgotten at; nobody is told."""
    async with database(own) as connection, database(own) as other:
        own.links[POSTGRES].forget(lambda chunk: b"forget me" in chunk)
        assert await connection.fetchval("SELECT 1") == 1
        for query in ("SELECT 'forget me'", "SELECT 1"):
            with pytest.raises(TimeoutError):
                await connection.fetchval(query, timeout=0.3)
        assert await other.fetchval("SELECT 1") == 1
        async with database(own) as again:
            assert await again.fetchval("SELECT 'forget me'") == "forget me"


async def test_a_cut_link_resets_old_connections_and_new_ones(own: Rig) -> None:
    """At once, without waiting for a timeout; and connects again."""
    async with database(own) as connection:
        async with own.links[POSTGRES].cut():
            with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
                await connection.fetchval("SELECT 1")
            with pytest.raises(ConnectionError):
                async with database(own):
                    pytest.fail("it connected")
        async with database(own) as again:
            assert await again.fetchval("SELECT 1") == 1


async def test_a_slow_link_delays_each_chunk(own: Rig) -> None:
    """Both ways: too slow for who is in a hurry, complete for who is not."""
    async with database(own) as connection, own.links[POSTGRES].slow(0.2):
        assert await connection.fetchval("SELECT 1", timeout=20) == 1
        with pytest.raises(TimeoutError):
            await connection.fetchval("SELECT 1", timeout=0.1)


@pytest.mark.parametrize("silently", [False, True])
async def test_the_reply_to_a_commit_is_lost_and_the_row_is_there(
    own: Rig, table: None, *, silently: bool
) -> None:
    """The client hears an error or nothing; the server has committed."""
    async with own.links[POSTGRES].losing_commit_reply(nth=2, silently=silently) as lost:
        async with database(own) as connection:
            async with connection.transaction():
                await connection.execute(f"INSERT INTO linked VALUES ({10 + silently})")
            with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
                async with connection.transaction():
                    await connection.execute(f"INSERT INTO linked VALUES ({20 + silently})")
        await asyncio.wait_for(lost.happened.wait(), 5)
        async with database(own) as connection, connection.transaction():
            await connection.execute(f"INSERT INTO linked VALUES ({30 + silently})")
    assert {10 + silently, 20 + silently, 30 + silently} <= set(await rows(own))


async def test_a_commit_that_fails_is_not_the_one(own: Rig, table: None) -> None:
    """Its answer is passed on, and the next one is lost instead."""
    async with own.links[POSTGRES].losing_commit_reply() as lost, database(own) as connection:
        await connection.execute("BEGIN")
        with pytest.raises(asyncpg.PostgresSyntaxError):
            await connection.execute("nonsense")
        assert await connection.execute("COMMIT;") == "ROLLBACK"
        assert not lost.happened.is_set()
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            async with connection.transaction():
                await connection.execute("INSERT INTO linked VALUES (40)")
    assert lost.happened.is_set()
    assert 40 in await rows(own)


async def test_kafka_is_reached_through_the_link_alone(own: Rig) -> None:
    """The broker calls itself by the link's port there: a cut link leaves no way round it."""
    environment = own.stack.environment("intake.work")
    producer = AIOKafkaProducer(
        **replace(own.stack.bus(), servers=environment["TIREK_KAFKA"]).client(),
        acks="all",
        request_timeout_ms=1000,
    )
    await producer.start()
    try:
        await producer.send_and_wait("tirek.intake", b"whole", partition=0)
        async with own.links[KAFKA].cut():
            with pytest.raises(KafkaError):
                await producer.send_and_wait("tirek.intake", b"cut", partition=0)
        record = await producer.send_and_wait("tirek.intake", b"healed", partition=0)
        assert record.offset == 1
    finally:
        await producer.stop()


async def test_a_flapping_link_breaks_again_and_again_and_heals() -> None:
    """The same seed, the same pattern; nobody is behind it here but an echo."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while octets := await reader.read(100):
            writer.write(octets)
        writer.close()

    server = await asyncio.start_server(echo, HOST, 0)
    back = server.sockets[0].getsockname()[1]
    link = Link((Route(0, back),))
    async with link.serving():
        front = link.fronts[0]
        async with link.flapping(Flaps(7, whole=(0.01, 0.02), broken=(0.01, 0.02), silent=0.3)):

            async def broken_often() -> bool:
                reader, writer = await asyncio.open_connection(HOST, front)
                try:
                    writer.write(b"x")
                    await reader.read(1)
                except OSError:
                    pass
                finally:
                    writer.close()
                return link.resets > 5

            await eventually(broken_often)
        reader, writer = await asyncio.open_connection(HOST, front)
        writer.write(b"whole")
        assert await reader.readexactly(5) == b"whole"
        writer.close()
    server.close()
