"""The relay: what the outbox holds goes to Kafka, in order, numbered without gaps, sealed.

One a service (`shared.lease`). It numbers rows and chains their digests in a transaction of its own
before the first send, so a repeated send carries the same number. When Kafka does not answer in
time the outcome is unknown and the process dies: with idempotence on, aiokafka's own calls would
never return. The supervisor starts a new one, which sends what is not marked.

Numbering and marking name the lease's epoch: a relay that hung, and goes on beside the one that
replaced it, can at worst send rows again under the numbers that they have. Only who sees Kafka asks
for the lease, and who sees it no longer lets go: so the lease goes to one that can publish, and to
nobody while Kafka is away for all. A Kafka that is slow costs nobody the lease: whoever waits for
it shows that it moves, as long as each wait has its own end.

A producer serves one cluster as long as that cluster holds what it acknowledged. At its start, and
every ten seconds, the relay looks; it also looks at every acknowledgement. After a loss it takes
everything back (`shared.bus.cluster_state`) and publishes it again.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import UnknownTopicOrPartitionError

from shared import crash, metrics
from shared.backoff import Backoff
from shared.bus import cluster_state, wire
from shared.bus.access import Access
from shared.bus.aiokafka_private import guard
from shared.bus.chain import COLUMNS, Row, chain, columns
from shared.bus.cluster_state import ABSENT, Lost, Seen
from shared.bus.sifting import BATCH, Sifting
from shared.clock import REAL, pause
from shared.crash import Point
from shared.db import Database, reaching
from shared.errors import Halt
from shared.events.envelope import GENESIS
from shared.events.topics import TOPICS
from shared.lease import HELD, Lease, Superseded
from shared.outbox import KEPT_DAYS
from shared.runtime.health import Health
from shared.runtime.stalls import turn
from shared.runtime.wakeup import Wakeup
from shared.security.sealing import Sealer
from shared.tasks import apart

SEND_TIMEOUT, REQUEST_MS = 15.0, 10_000
SLOW_SCAN = 1.0
"""Seconds between looks when no notification comes: they are lost on reconnect."""
LOOK_EVERY = 10.0
FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0

NUMBERED = f"""
SELECT id, {COLUMNS} FROM outbox
WHERE published_at IS NULL AND refused_at IS NULL AND producer_seq IS NOT NULL
ORDER BY producer_seq LIMIT $1
"""
FRESH = f"""
SELECT id, {COLUMNS} FROM outbox
WHERE published_at IS NULL AND refused_at IS NULL AND producer_seq IS NULL
ORDER BY id LIMIT $1
"""
LAST = """
SELECT producer_seq, digest FROM outbox WHERE producer_seq IS NOT NULL
ORDER BY producer_seq DESC LIMIT 1
"""
LEASE = "relay"
NUMBER = f"""
WITH held AS MATERIALIZED ({HELD.format(name=f"'{LEASE}'", epoch="$6")})
UPDATE outbox SET producer_seq = new.seq, prev = new.prev, digest = new.digest, number_mac = new.mac
FROM held, unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bytea[])
               AS new(id, seq, prev, digest, mac)
WHERE outbox.id = new.id AND outbox.producer_seq IS NULL
"""
MARK = f"""
WITH held AS MATERIALIZED ({HELD.format(name=f"'{LEASE}'", epoch="$5")}), acked AS (
    SELECT new.* FROM held, unnest($2::bigint[], $3::int[], $4::bigint[])
                                AS new(id, partition, "offset"),
                      set_config('synchronous_commit', 'off', true)
), marked AS (
    UPDATE outbox SET published_at = ({{clock}}), partition = acked.partition,
                      "offset" = acked."offset"
    FROM acked WHERE outbox.id = acked.id
)
{cluster_state.ACKNOWLEDGED}
"""
"""Nobody waits until this is on disk: after a mark that is lost a row goes out once more, under the
number that it has."""
SWEEP = f"""
DELETE FROM outbox USING (SELECT least($1, ({REAL}) - interval '{KEPT_DAYS} days') AS at) AS before
WHERE published_at < before.at AND time < before.at
AND producer_seq < (SELECT max(producer_seq) FROM outbox)
"""
"""The database refuses to delete what is younger by its own clock (`shared.runtime.plumbing`)."""


class Relay:
    """Publishes one service's outbox for as long as it has the lease."""

    def __init__(self, db: Database, sealer: Sealer, kafka: Access, health: Health) -> None:
        self._db = db
        self._sealer = sealer
        self._kafka = kafka
        self._health = health
        self._topic = TOPICS[db.source].name
        self._cluster = ""
        self._floors: Mapping[int, int] = {}
        """The lowest offset that each partition may acknowledge next."""
        self._numbered = True
        """Whether rows may wait that have a number already: they go first, and they are rare."""
        self._last: tuple[int, str] | None = None
        """The number and the digest that the next row follows; unknown until read once."""
        self._sifting = Sifting(db)
        self._mark = MARK.format(clock=db.clock)
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Runs until cancelled; raises when the database or Kafka is lost."""
        self._health.ready["relay"] = False
        async with Wakeup(self._db, f"{self._db.source}_outbox") as wakeup:
            lease = Lease(LEASE, wakeup.connection)
            while True:
                seen: Seen | None = await self._look(wakeup)
                self._health.ready["relay"] = True  # it stands by, at least
                if await lease.take():
                    seen = await lease.beating(self._see())
                # what others have numbered since is read anew
                self._last, self._numbered = None, True
                try:
                    if seen is not None:
                        await self._serve(seen, wakeup, lease)
                    await lease.let_go()
                except Superseded:
                    self._log.warning("relay.superseded", topic=self._topic)

    async def _look(self, wakeup: Wakeup) -> Seen:
        """Waits, under a name that health shows, until Kafka shows the topic."""
        backoff = Backoff(FIRST_WAIT, LONGEST_WAIT)
        while (seen := await self._see()) is None:
            await pause(backoff.pause())
            await wakeup.wait(0)
        return seen

    async def _see(self) -> Seen | None:
        try:
            seen = await cluster_state.look(self._kafka, self._topic)
        except UnknownTopicOrPartitionError:
            name = "topic"
        except ABSENT:
            name = await apart(self._kafka.absence())
        else:
            self._health.goes_on("relay")
            return seen
        if self._health.waiting.get("relay") != name:
            self._log.warning("relay.waiting", name=name, topic=self._topic)
        self._health.waits("relay", name)
        return None

    async def _serve(self, seen: Seen, wakeup: Wakeup, lease: Lease) -> None:
        """Publishes to the cluster that was seen, until that is gone or has lost something."""
        producer = AIOKafkaProducer(
            **self._kafka.client(),
            acks="all",
            enable_idempotence=True,
            max_batch_size=512 * 1024,
            request_timeout_ms=REQUEST_MS,
            client_id=f"{self._db.source}-relay",
        )
        guard(producer.client, partial(self._still_whole, producer.client))
        await lease.beating(_within(SEND_TIMEOUT, producer.start()))
        try:
            await self._publish(producer, seen, wakeup, lease)
        except Lost as loss:
            # before the stop, which may not return
            await lease.beating(self._take_back(loss.reason, lease))
        finally:
            # a stuck stop() never returns; the process ends anyway
            await _within(2, producer.stop())

    async def _publish(
        self, producer: AIOKafkaProducer, seen: Seen, wakeup: Wakeup, lease: Lease
    ) -> None:
        """Returns when Kafka cannot be asked any more; raises `Lost` and `Superseded`."""
        self._cluster, self._floors = seen.cluster, seen.ends
        await lease.beating(self._compare(seen))
        looked = monotonic()
        while True:
            if monotonic() - looked > LOOK_EVERY:
                try:
                    seen = await lease.beating(cluster_state.look(self._kafka, self._topic))
                except ABSENT:
                    return
                await lease.beating(self._compare(seen))
                with reaching():
                    await self._sifting.look_again(wakeup.connection)
                self._numbered = True  # an operator may have taken something back
                looked = monotonic()
            async with turn("relay"):
                await lease.beat()
                published = await self._publish_once(producer, wakeup.connection, lease)
            # also between full batches: whoever lost the connection must notice
            await wakeup.wait(0 if published == BATCH else SLOW_SCAN)

    async def _still_whole(self, client: AIOKafkaClient) -> None:
        await self._compare(await cluster_state.ask(client, self._topic))

    async def _compare(self, seen: Seen) -> None:
        async with self._db.transaction() as tx:
            known = await cluster_state.known(tx)
            if not known:
                await tx.execute(cluster_state.ADOPT, seen.cluster)
                known = await cluster_state.known(tx)
        if reason := cluster_state.loss(seen, known):
            raise Lost(reason)

    async def _take_back(self, reason: str, lease: Lease) -> None:
        async with lease.holding(self._db) as tx:
            count = await cluster_state.take_back(tx)
        self._numbered = True
        metrics.REPUBLISHED.inc(count)
        self._log.warning("relay.republishing", reason=reason, topic=self._topic, count=count)

    async def _publish_once(
        self, producer: AIOKafkaProducer, connection: asyncpg.Connection, lease: Lease
    ) -> int:
        """Publishes up to `BATCH` rows; answers how many. Safe to repeat at any point.

        Each statement is a transaction of its own: whoever stops between two holds nothing.
        """
        with reaching():
            rows = await self._number(connection, lease)
        if not rows:
            return 0
        crash.passing(Point.RELAY_AFTER_CLAIM)
        acks = await lease.beating(self._deliver(producer, rows))
        crash.passing(Point.RELAY_AFTER_ACK)
        self._floors = cluster_state.risen(self._floors, acks)
        placed = [row.id for row in rows], [each[0] for each in acks], [each[1] for each in acks]
        with reaching():
            tag = await connection.execute(self._mark, self._cluster, *placed, lease.epoch)
        lease.check(tag)
        for kind, count in Counter(row.envelope.type for row in rows).items():
            metrics.PUBLISHED.labels(kind).inc(count)
        return len(rows)

    async def _deliver(
        self, producer: AIOKafkaProducer, rows: Sequence[Row]
    ) -> list[tuple[int, int]]:
        """Partition and offset of each row; raises what any of them failed with."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                sent = [await self._send(producer, row) for row in rows]
                acks = await asyncio.gather(*sent, return_exceptions=True)
        except TimeoutError as problem:
            raise Halt(f"Kafka did not acknowledge within {SEND_TIMEOUT:.0f} s") from problem
        placed: list[tuple[int, int]] = []
        for ack in acks:
            if isinstance(ack, BaseException):
                raise ack
            placed.append((ack.partition, ack.offset))
        return placed

    async def _number(self, connection: asyncpg.Connection, lease: Lease) -> list[Row]:
        if self._numbered:
            if rows := await self._sifting.rows(connection, NUMBERED):
                return rows
            self._numbered = False
        rows = await self._sifting.rows(connection, FRESH)
        if not rows:
            return []
        if self._last is None:
            last = await connection.fetchrow(LAST)
            self._last = (last["producer_seq"], last["digest"]) if last else (0, GENESIS)
        numbered = chain(rows, *self._last)
        placed = columns(numbered, self._db.macs)
        lease.check(await connection.execute(NUMBER, *placed, lease.epoch))
        row, digest = numbered[-1]
        self._last = (row.envelope.producer_seq, digest)
        return [row for row, _ in numbered]

    async def _send(self, producer: AIOKafkaProducer, row: Row) -> asyncio.Future[Any]:
        key, value, headers = wire.encode(row.envelope, row.document, self._sealer)
        future: asyncio.Future[Any] = await producer.send(
            self._topic, value, key=key, headers=headers
        )
        return future


async def _within(seconds: float, work: Coroutine[Any, Any, None]) -> None:
    async with asyncio.timeout(seconds):
        await apart(work)
