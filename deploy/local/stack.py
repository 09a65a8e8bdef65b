"""The embedded stack, whole or in parts: one context manager for demo, smoke run and tests.

``async with Stack(state, ports="free", env=Environment.TEST, parts=["intake.serve"]) as stack:``
starts what is asked for and all that it needs, each as soon as its own needs are met, and ends it
in the opposite order. Nothing of it outlives the block, nor the process.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Self

from rich.console import Console

from deploy.local import postgres, provision, secrets
from deploy.local.java import class_path
from deploy.local.kafka import Kafka
from deploy.local.lock import StateLock
from deploy.local.order import in_order, reverse, with_needs
from deploy.local.ports import Mode, Ports
from deploy.local.probes import http_ok
from deploy.local.processes import Launch, Part, Report
from deploy.topology import HOST, NEEDS, PORTS_OF, PROCESSES, ROLES, Facts, Process
from shared.settings import Environment

ROOT = Path(__file__).parents[2]
JARS = ROOT / ".tirek" / "cache" / "kafka"
ALL = tuple(NEEDS)
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
"""What of our environment the parts see: nothing of ours must configure them by accident."""
_WITHIN = 60.0


class Stack:
    """One running stack. All but ``state`` is valid inside the ``async with`` block only.

    ``extra`` adds environment to processes by their name. ``report`` takes one line for a person
    whenever a part dies or must be killed.
    """

    def __init__(
        self,
        state: Path,
        *,
        ports: Mode = "default",
        env: Environment = Environment.DEMO,
        parts: Iterable[str] = ALL,
        extra: Mapping[str, Mapping[str, str]] | None = None,
        report: Report | None = None,
    ) -> None:
        self.state = state.resolve()
        self.parts: dict[str, Part] = {}
        """The processes that stay up, by their name in the topology."""
        self.timings: dict[str, float] = {}
        """Seconds each part took once its needs were met; ``total`` for all together."""
        self._wanted = tuple(parts)
        self._mode: Mode = ports
        self._env = env
        self._extra = extra or {}
        self._console = Console(stderr=True, highlight=False)
        self._report = report or partial(self._console.print, soft_wrap=True, markup=False)
        self._lock = StateLock(self.state)
        self._ports = Ports({}, [])

    async def __aenter__(self) -> Self:
        """Raises `StackError`, one line, with nothing left half-started."""
        began = monotonic()
        await asyncio.to_thread(self._lock.acquire)
        try:
            self._prepare()
            await self.ensure(*self._wanted)
        except BaseException:
            await self._down()
            raise
        self.timings["total"] = monotonic() - began
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._down()

    # --- what it is ------------------------------------------------------------------------------

    @property
    def kafka(self) -> str:
        """The bootstrap server, host:port."""
        return f"{HOST}:{self.port('kafka')}"

    def port(self, name: str) -> int:
        """The number of a port of the topology."""
        return self._ports.numbers[name]

    def url(self, name: str) -> str:
        """``http://host:port`` of a port of the topology, for instance ``intake``."""
        return f"http://{HOST}:{self.port(name)}"

    def dsn(self, role: str) -> str:
        """A role's connection to its database, password included."""
        return self._dsn(role, ROLES[role])

    def superuser(self, database: str = "postgres") -> str:
        """The superuser's connection to any database."""
        return self._dsn(postgres.SUPERUSER, database)

    def keys(self, service: str) -> Path:
        """The folder of a service's key files; ``console`` holds the key that signs tokens."""
        return self.state / "secrets" / service

    def environment(self, process: str) -> dict[str, str]:
        """All that a process of the topology sees. In-process tests use it for settings."""
        described = PROCESSES[process]
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        own = {name: self._facts.fill(text) for name, text in described.environment.items()}
        return inherited | own | dict(self._extra.get(process, {}))

    def part(self, name: str) -> Part:
        """A running part, to stop, start, kill or ask for its memory."""
        return self.parts[name]

    def memory(self) -> dict[str, int]:
        """Resident bytes of every part; pages shared by several processes count once."""
        return {name: part.memory() for name, part in self.parts.items()}

    async def ensure(self, *parts: str) -> None:
        """Brings up, or does, what is asked for and all that it needs, where that is not so yet."""
        missing = [name for name in with_needs(parts, NEEDS) if name not in self.timings]
        await in_order(missing, NEEDS, self._timed)

    # --- how it comes up and goes down -----------------------------------------------------------

    def _prepare(self) -> None:
        for folder in ("logs", "secrets", "postgres", "kafka"):
            (self.state / folder).mkdir(exist_ok=True, mode=0o700)
        for log in (self.state / "logs").iterdir():
            log.unlink()
        wanted = with_needs(self._wanted, NEEDS)
        used = [port for part in wanted for port in PORTS_OF.get(part, ())]
        self._ports = Ports.choose(self._mode, used)
        self._passwords = secrets.passwords(self.state / "secrets")
        secrets.key_files(self.state / "secrets")
        jurisdiction, samples = ROOT / "deploy/jurisdictions/kg", ROOT / "deploy/samples"
        policies = jurisdiction / "policies.yaml"
        if self._env is Environment.DEMO:
            policies = samples / "demo-policies.yaml"  # seconds instead of hours
        self._facts = Facts(
            env=self._env.value,
            host=HOST,
            kafka=self.kafka,
            port=self._ports.numbers,
            dsn={role: self.dsn(role) for role in ROLES},
            state=str(self.state),
            secrets=str(self.state / "secrets"),
            jurisdiction=str(jurisdiction),
            policies=str(policies),
            samples=str(samples),
        )

    def _dsn(self, role: str, database: str) -> str:
        password = self._passwords[role]
        return f"postgresql://{role}:{password}@{HOST}:{self.port('postgres')}/{database}"

    def _log(self, name: str) -> Path:
        return self.state / "logs" / f"{name}.log"

    async def _timed(self, name: str) -> None:
        began = monotonic()
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            "postgres": self._start_postgres,
            "kafka": self._start_kafka,
            "provision": self._provision,
            "topics": self._topics,
        }
        if name in steps:
            await steps[name]()
        else:
            await self._start(PROCESSES[name])
        self.timings[name] = monotonic() - began

    async def _start_postgres(self) -> None:
        folder, log = self.state / "postgres", self._log("postgres")
        password = secrets.password_file(self.state / "secrets", self._passwords["postgres"])
        await postgres.create(folder, password, log)
        launch = postgres.launch(folder, self.port("postgres"), log, self._lock.fd)
        await self._up(launch, lambda: postgres.answers(self.superuser()))

    async def _start_kafka(self) -> None:
        jars = await asyncio.to_thread(class_path, JARS, self._console)
        broker, log = Kafka(self.state / "kafka", self._ports.numbers, jars), self._log("kafka")
        await broker.create(log)
        await self._up(broker.launch(log, self._lock.fd), broker.ready)

    async def _provision(self) -> None:
        await provision.roles(self.superuser(), self._passwords)
        await provision.schemas(
            {name: self.superuser(name) for name in sorted(set(ROLES.values()))}
        )

    async def _topics(self) -> None:
        await provision.topics(self.kafka)

    async def _start(self, process: Process) -> None:
        arguments = (self._facts.fill(each) for each in process.arguments)
        launch = Launch(
            process.name,
            (sys.executable, "-m", process.module, *arguments),
            self._log(process.name),
            self.environment(process.name),
            fds=(self._lock.fd,),
        )
        if not process.health:
            await launch.run(_WITHIN)
            return

        async def ready() -> bool:
            for port, path in process.health.items():
                if not await http_ok(HOST, self.port(port), path):
                    return False
            return True

        await self._up(launch, ready)

    async def _up(self, launch: Launch, probe: Callable[[], Awaitable[bool]]) -> None:
        part = Part(launch, probe, self._report)
        await part.start(_WITHIN)
        self.parts[launch.name] = part

    async def _down(self) -> None:
        try:
            await in_order(self.parts, reverse(NEEDS), lambda name: self.parts[name].stop())
        finally:
            self._ports.release()
            self._lock.release()
