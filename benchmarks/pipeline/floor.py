"""The floor, measured: its database and topics, its two processes, its rate and its latency."""

import json
import os
import random
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.figures import Json, latencies
from benchmarks.machine import measured
from benchmarks.pipeline import durability
from benchmarks.pipeline.feed import (
    Record,
    at_full_speed,
    producing,
    stamped,
    steadily,
    until,
)
from benchmarks.pipeline.floor_process import SCHEMA
from benchmarks.pipeline.plan import Plan, Say
from deploy.errors import StackError
from deploy.local.processes import Launch, Part
from deploy.local.stack import Stack
from shared.bus.access import Access
from shared.events.topics import Topic

ROLE = "floor"
TOPIC_A, TOPIC_B = "floor.a", "floor.b"
COUNT = "SELECT count(DISTINCT incident_id) FROM message"
_MODULE = "benchmarks.pipeline.floor_process"
_KINDS = ("crisis-counselling", "police-protection", "health", "legal-aid", "child-protection")
_HANDED_DOWN = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH")


@dataclass(slots=True)
class Floor:
    """The floor at work on a stack's broker and database."""

    stack: Stack
    plan: Plan
    say: Say
    database: asyncpg.Connection
    dsn: str
    parts: list[Part] = field(default_factory=list)

    async def latency(self) -> Json:
        """From the send to topic A until the message is committed, at the plan's rate."""
        self.say(f"floor: {self.plan.rate}/s for {self.plan.seconds} s")
        plan, report = self.plan, self._report("second")
        records = [record() for _ in range(plan.posts + plan.warm_posts)]
        async with self._working(), producing(self.stack.bus()) as producer:

            async def send(number: int) -> None:
                await stamped(producer, TOPIC_A, records[number])

            already = int(await self.database.fetchval(COUNT))
            await steadily(send, rate=plan.rate, seconds=plan.seconds + plan.warm_seconds)
            await until(self.database, COUNT, already + len(records))
        found: list[float] = json.loads(report.read_text())
        return latencies(found[plan.warm_posts :])

    async def throughput(self) -> Json:
        """Incidents a second, from the first record in topic A to the last message committed."""
        plan = self.plan
        async with self._working(), producing(self.stack.bus()) as producer:
            already = int(await self.database.fetchval(COUNT))
            await at_full_speed(producer, TOPIC_A, [record() for _ in range(plan.warm)])
            await until(self.database, COUNT, already + plan.warm)
            records = [record() for _ in range(plan.incidents)]
            await plan.calm(self.stack)
            self.say(f"floor: {plan.incidents} incidents at full speed")
            with measured(self._pids()) as usage:
                began = await at_full_speed(producer, TOPIC_A, records)
                ended = await until(self.database, COUNT, already + plan.warm + plan.incidents)
        rate = plan.incidents / (ended - began)
        self.say(f"floor: {rate:.0f} incidents/s")
        return {
            "per_s": round(rate, 1),
            "seconds": round(ended - began, 3),
            **usage.to_json(plan.incidents),
        }

    async def durability(self) -> Json:
        """What is in force on its connections and topics."""
        folder = self.stack.state / "kafka" / "data"
        logs = sorted(folder.glob(f"{TOPIC_B}-*/00000000000000000000.log"))
        return await durability.of(self.dsn, max(logs, key=lambda log: log.stat().st_size))

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        """Both consumers up. Raises `StackError` when one of them died meanwhile."""
        self.parts = [self._part("first", TOPIC_A, TOPIC_B), self._part("second", TOPIC_B)]
        try:
            for part in self.parts:
                await part.start(within=30)
            yield
            if died := [part.launch.clue() for part in self.parts if part.starts > 1]:
                raise StackError(f"the floor failed: {died[0]}")
        finally:
            for part in self.parts:
                await part.stop()

    def _part(self, which: str, topic: str, onto: str = "") -> Part:
        log = self.stack.log(f"floor-{which}")
        log.unlink(missing_ok=True)
        arguments = [f"--topic={topic}", f"--onto={onto}"]
        launch = Launch(
            f"floor {which}",
            (sys.executable, "-m", _MODULE, which, *arguments, f"--report={self._report(which)}"),
            log,
            {name: os.environ[name] for name in _HANDED_DOWN if name in os.environ}
            | {"BENCH_DSN": self.dsn, "BENCH_KAFKA": json.dumps(self.stack.bus().client())},
        )

        async def ready() -> bool:
            return log.exists() and b"ready" in log.read_bytes()

        return Part(launch, ready, self.say)

    def _report(self, which: str) -> Path:
        return self.stack.state / f"floor-{which}.json"

    def _pids(self) -> dict[str, int]:
        own = {part.name: part.pid for part in self.parts}
        servers = {name: self.stack.part(name).pid for name in ("kafka", "postgres")}
        return own | servers | {"generator": os.getpid()}


@asynccontextmanager
async def prepared(stack: Stack, plan: Plan, say: Say) -> AsyncIterator[Floor]:
    """A floor with a database and topics of its own, both empty."""
    await _make_topics(stack.bus())
    dsn = await _make_database(stack)
    database = await asyncpg.connect(dsn)
    try:
        await database.execute(SCHEMA)
        yield Floor(stack, plan, say, database, dsn)
    finally:
        await database.close()


async def _make_topics(kafka: Access) -> None:
    """Cut and kept like the services' own."""
    admin = AIOKafkaAdminClient(**kafka.client())
    await admin.start()
    try:
        answer = await admin.create_topics(
            [
                NewTopic(each.name, each.partitions, 1, topic_configs=each.config())
                for each in (Topic(TOPIC_A), Topic(TOPIC_B))
            ]
        )
        refused = [str(error) for error in answer.topic_errors if error[1] != 0]
        if refused:
            raise StackError(f"Kafka did not make the floor's topics: {refused[0]}")
    finally:
        await admin.close()


async def _make_database(stack: Stack) -> str:
    """A role and a database of its own; the role's connection."""
    password = secrets.token_hex(20)
    superuser = await asyncpg.connect(stack.superuser())
    try:
        await superuser.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{password}'")
        await superuser.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
    finally:
        await superuser.close()
    return f"postgresql://{ROLE}:{password}@127.0.0.1:{stack.port('postgres')}/{ROLE}"


def record() -> Record:
    """An incident of the floor: JSON of about 400 bytes."""
    incident = str(uuid4())
    event = {
        "id": str(uuid4()),
        "type": "floor.incident",
        "data": {
            "incident_id": incident,
            "need_id": str(uuid4()),
            "service_type": random.choice(_KINDS),
            "urgency": random.choice(("immediate", "high", "standard")),
            "territory": f"417{random.randrange(10**11):011d}",
            "organisation": f"organisation-{random.randrange(40)}",
            "age_band": "30-44",
            "language": "ky",
        },
        "salt": secrets.token_urlsafe(16),
    }
    return Record(incident.encode(), json.dumps(event).encode())
