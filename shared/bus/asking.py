"""Asking: what a producer says it said is held against what is here; the rest is said again.

Nothing on the bus shows a lost tail: offsets that were moved forward, records that were deleted, a
stranger who read in our group. A consumer reads on behind it, without lag. So the reader asks the
producer's HTTP process for the ids of what was addressed to it, and looks for each in its inbox and
among what it has parked. What is in neither, and lies before the offset that is committed, will not
come by itself: the producer takes it back and publishes it again, under the number that it had.

What is known of a producer's numbers passes only what was found. A producer that does not answer is
a named wait in health, and the next question asks all of it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx
import structlog
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from pydantic import TypeAdapter

from shared import metrics
from shared.bus import cluster_state
from shared.bus.access import Access
from shared.bus.aiokafka_private import client_of
from shared.bus.cluster_state import ABSENT, EARLIEST, REQUEST_MS
from shared.bus.groups import Group
from shared.clock import pause, wall
from shared.db import Database
from shared.errors import TirekError, Unavailable
from shared.events.services import SERVICES, asked_by
from shared.outbox import ASKED, MOST, Page, Said
from shared.runtime.health import Health
from shared.runtime.stalls import turn
from shared.security.between import Between
from shared.settings import Settings
from shared.tasks import apart

PAGE, COUNT = TypeAdapter(Page), TypeAdapter(dict[str, int])
PATIENCE = httpx.Timeout(6.0, connect=1.5)
"""Seconds: more than a service gives itself for one request, so that its own refusal is heard."""
CLAIM = """
INSERT INTO asked AS known (producer, seq, asked_at) VALUES ($1, 0, $2)
ON CONFLICT (producer) DO UPDATE SET asked_at = $2
WHERE known.asked_at NOT BETWEEN $3 AND $2
RETURNING seq
"""
"""One process of a service asks at a time; a clock that was turned back stops nobody."""
FOUND = "UPDATE asked SET seq = $2 WHERE producer = $1"
LACKING = """
WITH unheard AS MATERIALIZED (
    SELECT id FROM unnest($1::text[]) AS said (id)
    WHERE NOT EXISTS (SELECT FROM inbox WHERE event_id = id AND (source = $2 OR source IS NULL))
)
SELECT unheard.id, bool_or(asked_at IS NOT NULL) AS tried
FROM unheard LEFT JOIN parked ON topic = $3 AND 'ce_id=' || unheard.id = ANY (headers)
GROUP BY unheard.id HAVING NOT coalesce(bool_or(proven), false)
"""
"""What nothing proves hides no loss: anybody can park something under the id of an event. While it
is tried, for its key may come, it is not asked for; nor is it found."""


class Silent(TirekError):
    """Somebody does not answer. ``name``: who, as health shows it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} does not answer")
        self.name = name


class Asking:
    """Asks for one reader, for as long as its worker runs."""

    def __init__(self, db: Database, settings: Settings, health: Health) -> None:
        """Raises `KeyFileError`."""
        self._db = db
        self._kafka = Access.of(settings)
        self._health = health
        self._group = Group.of(settings.SERVICE)
        self._keeps = SERVICES[settings.SERVICE].keeps
        self._between = Between.from_directory(settings.SERVICE, settings.keys_dir)
        self._every = timedelta(seconds=settings.ask_every)
        self._apis = {
            name: str(getattr(settings, f"{name}_api")).rstrip("/")
            for name in asked_by(settings.SERVICE)
        }
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Runs until cancelled; raises when the database is lost."""
        for producer in self._apis:
            metrics.ASKED_AGAIN.labels(producer)  # 0: an alert sees the first one only then
        async with httpx.AsyncClient(timeout=PATIENCE) as http:
            while True:
                for producer in self._apis:
                    await self._ask(http, producer)
                await pause(self._every.total_seconds())

    async def _ask(self, http: httpx.AsyncClient, producer: str) -> None:
        """One round with one producer, in as many pages as it takes."""
        async with self._db.transaction() as tx:
            after = await tx.fetchval(CLAIM, producer, tx.now, tx.now - self._every / 2)
        if after is None:
            return  # another process of ours has just asked
        who = f"asking {producer}"
        try:
            while True:
                async with turn("asking"):
                    upto = await self._page(http, producer, after)
                if upto <= after:
                    break
                after = upto
        except Silent as problem:
            if who not in self._health.waiting:
                self._log.warning("asking.waiting", name=problem.name, exc_info=problem.__cause__)
            self._health.waits(who, problem.name)
        else:
            self._health.goes_on(who)

    async def _page(self, http: httpx.AsyncClient, producer: str, after: int) -> int:
        """Looks at one page; the number up to which all was found."""
        page: Page = await self._call(http, producer, after=after)
        if self._keeps and page.upto > after and not page.said:
            raise Silent(f"{producer}'s outbox")  # of a release that does not know who keeps all
        said = {each.id: each for each in page.said}
        topic = SERVICES[producer].topic
        async with self._db.transaction() as tx:
            rows = await tx.fetch(LACKING, list(said), producer, topic)
            upto = min((said[row["id"]].seq - 1 for row in rows), default=page.upto)
            if upto != after:
                await tx.execute(FOUND, producer, upto)
        if lacking := [said[row["id"]] for row in rows if not row["tried"]]:
            await self._again(http, producer, await self._passed_over(str(topic), lacking))
        return upto

    async def _passed_over(self, topic: str, lacking: Sequence[Said]) -> list[str]:
        """Ids of those that our group has left behind, or that are kept no longer: what lies before
        it comes by itself."""
        admin = AIOKafkaAdminClient(**self._kafka.client(), request_timeout_ms=REQUEST_MS)
        try:
            try:
                await apart(admin.start())
                found = await apart(admin.list_consumer_group_offsets(self._group.name))
                kept = (await cluster_state.ask(client_of(admin), topic, EARLIEST)).ends
            finally:
                await admin.close()
        except ABSENT as problem:
            raise Silent("kafka") from problem
        behind = {
            number: max(first, found[where].offset if where in found else 0)
            for number, first in kept.items()
            for where in [TopicPartition(topic, number)]
        }
        return [each.id for each in lacking if each.offset < behind.get(each.partition, 0)]

    async def _again(self, http: httpx.AsyncClient, producer: str, ids: Sequence[str]) -> None:
        for first in range(0, len(ids), MOST):
            some = ids[first : first + MOST]
            answer = await self._call(http, producer, body={"ids": some})
            count = sum(answer.values())
            metrics.ASKED_AGAIN.labels(producer).inc(count)
            self._log.error("asking.passed_over", name=producer, count=count)

    async def _call(
        self,
        http: httpx.AsyncClient,
        producer: str,
        *,
        after: int = 0,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """What a producer answers, to a question or to a ``body`` of ids; raises `Silent`."""
        path = ASKED if body is None else f"{ASKED}/again"
        query: dict[str, Any] = {"age": self._every.total_seconds()}
        try:
            answer = await http.request(
                "GET" if body is None else "POST",
                self._apis[producer] + path,
                params=query | ({"after": after} if body is None else {}),
                json=body,
                headers={"Authorization": f"Bearer {self._between.token(producer, wall())}"},
            )
            answer.raise_for_status()
            return (PAGE if body is None else COUNT).validate_python(answer.json())
        except (httpx.HTTPError, ValueError, Unavailable) as problem:
            raise Silent(f"{producer}'s outbox") from problem
