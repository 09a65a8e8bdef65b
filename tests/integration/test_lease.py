"""A process that hangs while one alone may do its work is replaced, and a stranger stops nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import httpx
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from deploy.operations.outbox_proof import Proof
from shared import lease
from shared.bus.relay import LEASE, MARK, NUMBER, Relay
from shared.db import Database
from shared.lease import Lease, Superseded
from shared.runtime.health import Health
from tests.stack import scratch
from tests.support import ledgers
from tests.support.bus import NotifyLike, ReferralLike, consuming, relaying, sealer, settings
from tests.support.eventually import eventually
from tests.support.faults.freezing import frozen
from tests.support.ledgers import Listener, heard, on_topic, say, waiting, written
from tests.support.waiting import lock_waits

FRESH = "SELECT min(id) FROM outbox WHERE producer_seq IS NULL"
EPOCH = "SELECT coalesce(max(epoch), 0) FROM leases WHERE name = $1"
SEEN_BY_SERVE = "tirek_outbox_unpublished "


@dataclass(slots=True)
class Wire:
    """Notify's outbox, and referral's consumer in this process."""

    stack: Stack
    notify: Database
    referral: Database
    listener: Listener = field(default_factory=Listener)

    async def epoch(self, name: str = LEASE) -> int:
        """How often a lease was taken."""
        async with self.notify.transaction() as tx:
            found: int = await tx.fetchval(EPOCH, name)
            return found

    async def all_said(self) -> None:
        """Waits until the outbox has nothing left to say."""

        async def nothing() -> bool:
            return await waiting(self.notify) == 0

        await eventually(nothing, every=0.1)

    async def all_heard(self, count: int) -> list[int]:
        """Waits for so many effects; answers their events' numbers."""

        async def enough() -> list[int]:
            numbers = await heard(self.referral)
            return numbers if len(numbers) >= count else []

        return await eventually(enough, every=0.1)

    async def counted_by_serve(self, count: int) -> bool:
        """Whether the process that serves HTTP shows so many events unpublished."""
        async with httpx.AsyncClient() as http:
            text = (await http.get(f"{self.stack.url('notify')}/metrics")).text
        [line] = [each for each in text.splitlines() if each.startswith(SEEN_BY_SERVE)]
        return float(line.removeprefix(SEEN_BY_SERVE)) == count

    async def numbers_and_marks(self, epoch: int) -> tuple[int, int]:
        """How many rows a relay of this epoch would number and mark, that are not; undone."""
        async with connection(self.stack.dsn("tirek_notify")) as at:
            begun = at.transaction()
            await begun.start()
            one = [await at.fetchval(FRESH)]
            numbered = await at.execute(NUMBER, one, [10_000], ["x"], ["y"], [b"z"], epoch)
            mark = MARK.format(clock=self.notify.clock)
            marked = await at.execute(mark, "cluster", one, [0], [10_000], epoch)
            await begun.rollback()
        return int(numbered.split()[-1]), int(marked.split()[-1])

    async def is_whole(self) -> None:
        """Numbers without gaps, one chain, and the topic holds nothing else."""
        expected = await written(self.notify)
        assert sorted(expected) == list(range(1, len(expected) + 1))
        assert {each.seq: each.digest for each in await on_topic(self.stack)} == expected
        async with connection(self.stack.dsn("tirek_notify")) as database:
            proof = await Proof(database, "notify", lambda _: None).verify(self.stack.bus())
        assert proof.findings == []


@asynccontextmanager
async def connection(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody at the database."""
    made = await asyncpg.connect(dsn)
    try:
        yield made
    finally:
        await made.close()


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A producer whose worker is to hang."""
    async with scratch("referral.migrate", "notify.work", "notify.serve") as stack:
        await ledgers.make_room(stack)
        yield stack


@pytest_asyncio.fixture
async def wire(own: Stack) -> AsyncIterator[Wire]:
    """Notify's worker as it runs, and a reader."""
    async with AsyncExitStack() as running:
        notify, referral = (Database(settings(own, kind)) for kind in (NotifyLike, ReferralLike))
        running.push_async_callback(notify.close)
        running.push_async_callback(referral.close)
        made = Wire(own, notify, referral)
        await running.enter_async_context(consuming(own, referral, made.listener.table))
        yield made


async def test_a_relay_that_hangs_is_replaced_and_everybody_sees_what_waits(wire: Wire) -> None:
    """The worker stands still; another one publishes in its place; thawed, it repeats nothing."""
    await say(wire.notify, 20)
    await wire.all_heard(20)
    epoch = await wire.epoch()
    async with frozen(wire.stack.part("notify.work")):
        await say(wire.notify, 20)
        await eventually(lambda: wire.counted_by_serve(20))
        assert await wire.numbers_and_marks(epoch - 1) == (0, 0)
        assert await wire.numbers_and_marks(epoch) == (1, 1)
        async with relaying(wire.stack, wire.notify):
            await wire.all_heard(40)
            assert await wire.epoch() == epoch + 1
            await say(wire.notify, 20)
            await wire.all_heard(60)
    await say(wire.notify, 20)
    await wire.all_heard(80)
    await wire.all_said()
    assert sorted(await heard(wire.referral)) == list(range(1, 81))
    await wire.is_whole()


async def test_a_strangers_lock_stops_nobody(wire: Wire) -> None:
    """Another service's role holds every advisory lock that once said who does something."""
    async with connection(wire.stack.dsn("tirek_referral")) as stranger:
        for name in ("relay", "lane.urgent", "lane.sms", "lane.email"):
            await stranger.execute("SELECT pg_advisory_lock(hashtext($1))", f"notify.{name}")
        before = len(await written(wire.notify))
        await wire.stack.part("notify.work").kill()
        await say(wire.notify, 5)
        await wire.all_heard(before + 5)
        for name in ("lane urgent", "lane sms", "lane email"):
            await eventually(lambda name=name: wire.epoch(name))  # type: ignore[misc]


async def test_relays_that_take_the_lease_from_each_other_number_nothing_twice(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes it at once, whoever has it: all the while they number, send and mark."""
    monkeypatch.setattr(lease, "LOOKS", 0)
    monkeypatch.setattr(lease, "LOOK_EVERY", 0.2)
    monkeypatch.setattr(lease, "EVERY", 60.0)  # who has lost it hears so by its statements alone
    before, epoch = len(await written(wire.notify)), await wire.epoch()
    parts = wire.notify, sealer(wire.stack, "notify"), wire.stack.bus("notify")
    racing = [asyncio.create_task(Relay(*parts, Health()).run()) for _ in range(2)]
    count = 0
    while await wire.epoch() < epoch + 20:
        await say(wire.notify, 7)
        count += 7
        assert not [each.exception() for each in racing if each.done()]
    for each in racing:
        each.cancel()
    await asyncio.wait(racing, timeout=15)
    await wire.all_said()
    await wire.all_heard(before + count)
    assert sorted(await heard(wire.referral)) == list(range(1, before + count + 1))
    await wire.is_whole()


async def test_a_silent_holder_loses_the_lease_and_hears_so(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But not within a statement or a transaction that relies on it."""
    monkeypatch.setattr(lease, "LOOK_EVERY", 0.01)
    dsn = wire.stack.dsn("tirek_notify")
    async with connection(dsn) as one, connection(dsn) as other:
        first, second = Lease("test", one), Lease("test", other)
        assert await first.take() is False
        async with first.holding(wire.notify):
            taking = asyncio.create_task(second.take())
            await eventually(lambda: somebody_waits(wire))
            await first.beat()
        assert await taking is True
        assert (first.epoch, second.epoch) == (1, 2)
        with pytest.raises(Superseded):
            async with first.holding(wire.notify):
                pass
        monkeypatch.setattr(first, "_next", 0.0)
        with pytest.raises(Superseded):
            await first.beat()
        await first.let_go()
        await second.beat()
        await second.let_go()
        assert await first.take() is False


async def test_whoever_waits_for_others_keeps_the_lease(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kafka is slow, say: who stands by sees that the holder moves."""
    monkeypatch.setattr(lease, "EVERY", 0.01)
    async with connection(wire.stack.dsn("tirek_notify")) as one:
        held, over = Lease("slow", one), asyncio.Event()
        await held.take()
        waits = asyncio.create_task(held.beating(over.wait()))

        async def moves() -> bool:
            async with wire.notify.transaction() as tx:
                return bool(await tx.fetchval("SELECT beat > 3 FROM leases WHERE name = 'slow'"))

        await eventually(moves)
        over.set()
        assert await waits


async def somebody_waits(wire: Wire) -> bool:
    """Whether a statement waits for a row."""
    async with connection(wire.stack.superuser("tirek")) as at:
        return bool(await lock_waits(at))
