"""An older backup is put back: what was committed before it is there, and nothing after it."""

import asyncio
from itertools import count

import asyncpg
import pytest

from tests.stack import scratch
from tests.support.faults.backups import backup, restore


async def test_a_backup_is_taken_under_load_and_put_back() -> None:
    """The rows in it are the first so many, without a gap; the server goes on from there."""
    async with scratch("provision", embedded=True) as own:
        dsn = own.dsn("tirek_intake_owner")
        writer = await asyncpg.connect(dsn, timeout=5, command_timeout=10)
        await writer.execute("CREATE TABLE kept (id int PRIMARY KEY)")
        written = 0

        async def write() -> None:
            nonlocal written
            for number in count():
                await writer.execute("INSERT INTO kept VALUES ($1)", number)
                written = number + 1

        writing = asyncio.create_task(write())
        try:
            before = written
            copy = await backup(own, own.state / "backup")
            after = written
            assert not writing.done()
        finally:
            writing.cancel()
            await asyncio.wait([writing])
            writer.terminate()
        for _ in range(2):
            await restore(own, copy)
            again = await asyncpg.connect(dsn, timeout=5, command_timeout=10)
            try:
                ids = [row["id"] for row in await again.fetch("SELECT id FROM kept ORDER BY id")]
                assert ids == list(range(len(ids)))
                assert before <= len(ids) <= after + 1
                await again.execute("INSERT INTO kept VALUES (1000000)")
            finally:
                await again.close()


async def test_nobody_may_copy_the_cluster_but_for_the_moment_of_a_backup() -> None:
    """Not before it, not after it, and not from what was put back."""
    async with scratch("provision", embedded=True) as own:
        rules = own.state / "postgres" / "data" / "pg_hba.conf"
        usual = rules.read_text()
        copy = await backup(own, own.state / "backup")
        assert rules.read_text() == usual
        await restore(own, copy)
        assert rules.read_text() == usual
        with pytest.raises(asyncpg.PostgresError):
            await asyncpg.connect(own.superuser(), server_settings={"replication": "true"})
