"""Audit dies, is away, or finds an empty cluster: each event has one leaf, and the head stands."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg
import pytest_asyncio

from deploy.local.processes import Part
from deploy.local.stack import Stack
from services.audit.ledger.tree import Tree
from shared.crash import VARIABLE, Point
from shared.db import Database
from shared.security.keyring import Keyring, read
from shared.security.sealing import Sealer
from tests.stack import scratch
from tests.support.bus import NotifyLike, answer, new_incident, relaying, settings
from tests.support.eventually import eventually
from tests.support.faults import lies

PARTS = ("notify.serve", "notify.work", "audit.serve", "audit.work")
OFTEN = {"TIREK_ASK_EVERY": "1", "TIREK_CHECKPOINT_EVERY": "1"}
BURST = 60
LACKING = """
SELECT count(*) FROM (SELECT event_id, digest FROM notify.outbox
                      UNION ALL SELECT event_id, digest FROM audit.outbox) AS said
WHERE NOT EXISTS (SELECT FROM audit.heard JOIN audit.leaves ON heard_id = id
                  WHERE heard.event_id = said.event_id AND heard.digest = said.digest)
"""
UNSAID = "SELECT count(*) FROM audit.outbox WHERE published_at IS NULL"
ONCE = "SELECT count(*) = count(DISTINCT event_id) FROM audit.heard"
PARKED = "SELECT count(*) FROM audit.parked"
HEADS = "SELECT size, root FROM audit.heads ORDER BY size"
LEAVES = "SELECT hash FROM audit.leaves ORDER BY index"
FOUND = "SELECT kind, producer, first, last FROM audit.findings"
TABLES = """
SELECT format('audit.%I', tablename) AS name FROM pg_tables
WHERE schemaname = 'audit' AND tablename <> 'alembic_version'
"""
UNPROVEN = "SELECT count(*) FROM notify.outbox WHERE published_at IS NULL"


@dataclass(slots=True)
class Alone:
    """A stack in which notify speaks and audit listens."""

    stack: Stack
    notify: Database
    all: asyncpg.Connection

    async def say(self, count: int = BURST) -> None:
        """So many events of notify's."""
        for _ in range(count):
            await answer(self.notify, new_incident())

    async def nothing_lacks(self) -> bool:
        """All that was said has its leaf, audit's own words too."""
        unsaid, lacking = [await self.all.fetchval(each) for each in (UNSAID, LACKING)]
        return bool(unsaid == 0 and lacking == 0)

    async def is_whole(self) -> None:
        """Then each event has one leaf, and every head follows from the leaves below it."""
        await eventually(self.nothing_lacks, within=90, every=0.1)
        assert await self.all.fetchval(ONCE)
        assert await self.all.fetchval(PARKED) == 0
        assert await self.all.fetch(FOUND) == []
        async with self.all.transaction(isolation="repeatable_read"):
            leaves = [row["hash"] for row in await self.all.fetch(LEAVES)]
            heads = await self.all.fetch(HEADS)
        tree, size = Tree(), 0
        for head in heads:
            tree, _ = tree.grown(leaves[size : head["size"]])
            size = head["size"]
            assert tree.root() == head["root"]
        assert size == len(leaves)

    async def heads(self) -> dict[int, bytes]:
        """The root of each size that there ever was."""
        return {row["size"]: row["root"] for row in await self.all.fetch(HEADS)}


@pytest_asyncio.fixture(scope="module")
async def alone() -> AsyncIterator[Alone]:
    """The file's own; its audit asks and signs every second."""
    async with scratch(*PARTS) as stack:
        stack.part("audit.work").change(**OFTEN)
        await stack.part("audit.work").restart()
        notify = Database(settings(stack, NotifyLike))
        superuser = await asyncpg.connect(stack.superuser("tirek"))
        yield Alone(stack, notify, superuser)
        await superuser.close()
        await notify.close()


def sealer_of_before(stack: Stack) -> Sealer:
    """Notify's as it was when nobody knew audit: it vouches for nothing."""
    keys = read("notify", stack.keys("notify"))
    known = {kid: key for kid, key in keys.public.items() if not kid.startswith("audit.")}
    return Sealer(Keyring("notify", keys.private, known, keys.binds))


def has_died(part: Part, starts: int) -> bool:
    """Whether it was started again since it had been ``starts`` times."""
    return part.starts > starts


async def test_killed_anywhere_it_goes_on_where_it_was(alone: Alone) -> None:
    """In a batch, behind one, with a checkpoint in hand, and whenever it is."""
    audit = alone.stack.part("audit.work")
    for point in (Point.CONSUMER_IN, Point.CONSUMER_AFTER, Point.CLOCK_CLAIMED):
        audit.change(**{VARIABLE: f"{point}:2"})
        await audit.restart()
        starts = audit.starts
        await alone.say()
        await eventually(partial(has_died, audit, starts), within=60)
        audit.change(**{VARIABLE: None})
        await audit.restart()
    await alone.say()
    await audit.kill()
    await alone.is_whole()


async def test_what_it_missed_and_what_nobody_vouched_for_comes_when_it_asks(alone: Alone) -> None:
    """It was down while its offsets were moved; and a release before said something without proof,
    which makes no leaf as it is."""
    audit, relay = alone.stack.part("audit.work"), alone.stack.part("notify.work")
    await audit.stop()
    await relay.stop()
    await alone.say()
    async with relaying(alone.stack, alone.notify, sealer_of_before(alone.stack)):

        async def said() -> Any:
            return await alone.all.fetchval(UNPROVEN) == 0

        await eventually(said, within=60)
        await audit.start()
        await alone.say(1)
        await eventually(said, within=60)
    await audit.stop()
    await relay.start()
    await alone.say()
    await eventually(said, within=60)
    await lies.offsets_are_moved(alone.stack, "audit")
    await audit.start()
    await alone.is_whole()


async def test_a_cluster_that_is_filled_again_adds_no_second_leaf(alone: Alone) -> None:
    """All heads that there were stand, and what is said after them comes behind."""
    before = await alone.heads()
    await alone.stack.part("kafka").stop()
    alone.stack.cluster.forget()
    await alone.stack.cluster.create(alone.stack.log("kafka"))
    await alone.stack.part("kafka").start(60)
    await alone.stack.make_topics()
    await alone.say()
    await alone.is_whole()
    after = await alone.heads()
    assert before.items() <= after.items()
    assert max(after) >= max(before) + BURST


async def test_with_nothing_left_it_hears_again_what_outboxes_still_hold(alone: Alone) -> None:
    """Its schema alone was emptied: the tree grows anew, and nothing is found in what it hears."""
    audit = alone.stack.part("audit.work")
    await audit.stop()
    async with alone.all.transaction():
        await alone.all.execute("SET LOCAL session_replication_role = replica")
        for table in await alone.all.fetch(TABLES):
            await alone.all.execute(f"DELETE FROM {table['name']}")
    assert await alone.heads() == {}
    await audit.start()
    await alone.say()
    await alone.is_whole()
