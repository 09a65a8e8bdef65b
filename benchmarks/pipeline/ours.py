"""The pipeline, measured: the real services as the stack runs them, with the sample country."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import yaml
from psutil import Process

from benchmarks.figures import Json
from benchmarks.machine import Usage, measured
from benchmarks.pipeline import durability
from benchmarks.pipeline.events import Intake, Template, names, templates
from benchmarks.pipeline.feed import Record, at_full_speed, producing, until
from benchmarks.pipeline.plan import Plan, Say
from deploy.demo.story.loading import SAMPLES, load_country
from deploy.demo.story.voices import Voices
from deploy.errors import StackError
from deploy.local.stack import Stack
from deploy.topology import HOST, PROCESSES, SIMULATORS
from shared.lease import Lease
from shared.security.sealing import Sealer

TOPIC = "tirek.intake"
AT_WORK = ("referral.work", "notify.work")
"""What stands between the topic and the queue."""
OURS = tuple(name for name, each in PROCESSES.items() if each.health and each is not SIMULATORS)
"""Every process of every service."""
SERVICES = (*OURS, SIMULATORS.name)
LANES = ("urgent", "sms", "email")
BEHIND_A_PROXY = {"TIREK_TRUSTED_PROXY": HOST, "TIREK_ORIGIN": "https://console.example"}
"""In earnest, which is what is measured, the console starts with TLS only, or behind who has it."""
DIRECTORY = "bench-directory.yaml"
PLACES = 1_000_000
COUNT = """
SELECT count(*) FROM (SELECT DISTINCT incident_id FROM notify.messages
                      WHERE kind IN ('alert', 'notice')) told
"""
_ALERTED = "SELECT DISTINCT incident_id FROM notify.messages WHERE kind = 'alert'"
_PARKED = "SELECT count(*) FROM {service}.parked"


def write_directory(folder: Path) -> Path:
    """The sample directory with room for all: places are counted and locked, and never run out."""
    directory = yaml.safe_load((SAMPLES / "directory.yaml").read_text(encoding="utf-8"))
    for organisation in directory["organizations"]:
        for service in organisation.get("services", ()):
            if "capacity" in service:
                service["capacity"] = {"maximum": PLACES, "available": PLACES}
    path = folder / DIRECTORY
    path.write_text(yaml.safe_dump(directory, allow_unicode=True), encoding="utf-8")
    return path


@dataclass(slots=True)
class Pipeline:
    """The services at work on a stack."""

    stack: Stack
    plan: Plan
    say: Say
    http: httpx.AsyncClient
    superuser: asyncpg.Connection
    memory: dict[str, int] = field(default_factory=dict)
    start_up: dict[str, float] = field(default_factory=dict)
    """Processor seconds of each process until it was ready."""

    async def load(self) -> None:
        """Everything up, and the sample country in it."""
        await self.stack.ensure(*SERVICES)
        started = {name: Process(self.stack.part(name).pid).cpu_times() for name in OURS}
        self.start_up = {name: each.user + each.system for name, each in started.items()}
        loaded = await load_country(Voices(self.stack, self.http))
        self.say(f"pipeline: services up, loaded {loaded}")

    async def throughput(self) -> Json:
        """Incidents a second, from the first record in the topic to the last message queued.

        Nothing is sent meanwhile: the lanes of the senders are held here, as by a second replica,
        because the floor sends nothing either.
        """
        plan = self.plan
        await self.only(*AT_WORK)
        intake = await Intake.of(self.superuser, self._sealer())
        found = await templates(self.superuser)
        async with self._lanes_held(), producing(self.stack.bus()) as producer:
            await self.only()
            await self.start(*AT_WORK)
            already = int(await self.superuser.fetchval(COUNT))
            asked = self._incidents(found, plan.warm)
            await at_full_speed(producer, TOPIC, self._records(intake, asked))
            await until(self.superuser, COUNT, already + plan.warm)
            mix = await self._alerting(asked)
            self.forget(*AT_WORK)
            records = self._records(intake, self._incidents(mix, plan.incidents))
            await plan.calm(self.stack)
            self.say(f"pipeline: {plan.incidents} incidents at full speed")
            with measured(self.pids(*AT_WORK)) as usage:
                began = await at_full_speed(producer, TOPIC, records)
                ended = await until(self.superuser, COUNT, already + plan.warm + plan.incidents)
            self._remember()
            await self._check()
        rate = plan.incidents / (ended - began)
        self.say(f"pipeline: {rate:.0f} incidents/s")
        return self._found(rate, ended - began, usage) | {"mix": names(mix)}

    def _found(self, rate: float, seconds: float, usage: Usage) -> Json:
        return {
            "per_s": round(rate, 1),
            "seconds": round(seconds, 3),
            **usage.to_json(self.plan.incidents),
        }

    async def durability(self) -> Json:
        """What is in force for referral."""
        folder = self.stack.state / "kafka" / "data"
        logs = sorted(folder.glob("tirek.referral-*/00000000000000000000.log"))
        newest = max(logs, key=lambda log: log.stat().st_size)
        return await durability.of(self.stack.dsn("tirek_referral"), newest)

    async def only(self, *parts: str) -> None:
        """Stops every service but these."""
        for name in SERVICES:
            if name not in parts and name in self.stack.parts:
                await self.stack.part(name).stop()

    async def start(self, *parts: str) -> None:
        """Starts services that `only` has stopped."""
        stopped = (self.stack.part(name) for name in parts)
        await asyncio.gather(*(part.start(within=60) for part in stopped if not part.running))

    def remember(self) -> None:
        """Takes note of the memory of each service, where it is the most so far."""
        self._remember()

    def _remember(self) -> None:
        for name, bytes_ in self.stack.memory().items():
            self.memory[name] = max(bytes_, self.memory.get(name, 0))

    @asynccontextmanager
    async def _lanes_held(self) -> AsyncIterator[None]:
        """Nothing is sent inside, by notify's workers that start inside: they stand by for us."""
        await self.stack.part("notify.work").stop()
        holder = await asyncpg.connect(self.stack.dsn("tirek_notify"))
        leases = [Lease(f"lane {lane}", holder) for lane in LANES]
        beats: asyncio.Future[None] | None = None
        try:
            for each in leases:
                await each.take()
            beats = asyncio.ensure_future(_beat(leases))
            yield
        finally:
            await self.stack.part("notify.work").stop()
            if beats is not None:
                beats.cancel()
            await holder.close()

    def _sealer(self) -> Sealer:
        return Sealer.from_directory("intake", self.stack.keys("intake"))

    @staticmethod
    def _incidents(found: list[Template], count: int) -> dict[str, Template]:
        """New incidents, evenly of every template."""
        return {str(uuid4()): found[number % len(found)] for number in range(count)}

    @staticmethod
    def _records(intake: Intake, asked: Mapping[str, Template]) -> list[Record]:
        now = datetime.now(UTC)
        return [intake.says(template, incident, now) for incident, template in asked.items()]

    async def _alerting(self, asked: Mapping[str, Template]) -> list[Template]:
        """The templates of which every incident led to an alert; at this hour, not all may."""
        alerted = {row["incident_id"] for row in await self.superuser.fetch(_ALERTED)}
        without = {template.name for incident, template in asked.items() if incident not in alerted}
        mix = {each.name: each for each in asked.values() if each.name not in without}
        if not mix:
            raise StackError("no incident led to an alert")
        return list(mix.values())

    def pids(self, *services: str) -> dict[str, int]:
        """Whose processor time counts."""
        parts = (*services, "kafka", "postgres")
        return {name: self.stack.part(name).pid for name in parts} | {"generator": os.getpid()}

    def forget(self, *services: str) -> None:
        """What was noted of these so far, if anything is noted."""
        for name in services if self.plan.watched else ():
            os.kill(self.stack.part(name).pid, signal.SIGUSR1)

    async def _check(self) -> None:
        """Raises `StackError` if what was measured did not go as it must."""
        for service in ("referral", "notify"):
            if parked := await self.superuser.fetchval(_PARKED.format(service=service)):
                raise StackError(f"{service} has parked {parked} records")
            if not self.stack.part(f"{service}.work").running:
                raise StackError(f"{service}.work has died")


async def _beat(leases: Sequence[Lease]) -> None:
    while True:
        for each in leases:
            await each.beat()
        await asyncio.sleep(1.0)


@asynccontextmanager
async def prepared(stack: Stack, plan: Plan, say: Say) -> AsyncIterator[Pipeline]:
    """The services of a stack that has its broker and database up. They are loaded by `load`."""
    superuser = await asyncpg.connect(stack.superuser("tirek"))
    try:
        async with httpx.AsyncClient(timeout=15) as http:
            yield Pipeline(stack, plan, say, http, superuser)
    finally:
        await superuser.close()
