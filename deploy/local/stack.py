"""The embedded stack, whole or in parts: one context manager for demo, smoke run and tests.

``async with Stack(state, ports="free", env=Environment.TEST, parts=["intake.serve"]) as stack:``
starts what is asked for and all that it needs, each as soon as its own needs are met, and ends it
in the opposite order. Nothing of it outlives the block, nor the process.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Self

from rich.console import Console

from deploy.local import postgres
from deploy.local.kafka import Node, ready
from deploy.local.nodes import links, nodes
from deploy.local.order import in_order, reverse, with_needs
from deploy.local.ports import Mode, Ports, Route
from deploy.local.processes import Launch, Part, Report
from deploy.local.servers import Cluster, Embedded, Servers
from deploy.local.variant import LINKED, Variant
from deploy.provision import databases, secrets
from deploy.provision.bus import bus
from deploy.provision.bus_rules import ADMINISTRATOR, BROKERS
from deploy.provision.probes import http_ok
from deploy.provision.state_lock import StateLock
from deploy.topology import HOST, NEEDS, PORTS_OF, PROCESSES, ROLES, SUPERUSER, Facts, Process
from shared import database_url
from shared.bus.access import Access
from shared.settings import JURISDICTION, Environment

ROOT = Path(__file__).parents[2]
JARS = ROOT / ".tirek" / "cache" / "kafka"
ALL = tuple(NEEDS)
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
"""What of our environment the parts see: nothing of ours must configure them by accident."""
_WITHIN = 60.0


class Stack:
    """One running stack. All but ``state`` is valid inside the ``async with`` block only.

    ``report`` takes one line for a person whenever a part dies or must be killed.
    """

    def __init__(
        self,
        state: Path,
        *,
        ports: Mode = "default",
        env: Environment = Environment.DEMO,
        parts: Iterable[str] = ALL,
        report: Report | None = None,
        variant: Variant | None = None,
    ) -> None:
        self.state = state.resolve()
        self.parts: dict[str, Part] = {}
        """The processes that stay up, by their name in the topology."""
        self.timings: dict[str, float] = {}
        """Seconds each part took once its needs were met; ``total`` for all together."""
        self.cluster: Cluster
        """Kafka's data and command lines, once it has been started."""
        self.links: dict[str, tuple[Route, ...]] = {}
        """For each of the variant's links its routes: for Kafka one a broker."""
        self._wanted = tuple(parts)
        self._mode: Mode = ports
        self._env = env
        self.variant = variant or Variant()
        self._console = Console(stderr=True, highlight=False)
        self._report = report or partial(self._console.print, soft_wrap=True, markup=False)
        self.servers: Servers = self.variant.servers or Embedded(JARS, self._console)
        self._ca = self.variant.tls.authority if self.variant.tls else None
        self._lock = StateLock(self.state)
        self._ports = Ports({}, [])
        self._nodes: tuple[Node, ...] = ()

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
        """The bootstrap servers, host:port."""
        return ",".join(node.address for node in self._nodes)

    def bus(self, user: str = ADMINISTRATOR) -> Access:
        """The way to Kafka as one of its users: the administrator, unless a service is named."""
        return Access(self.kafka, user, self._users[user], self._ca)

    @property
    def brokers(self) -> tuple[str, ...]:
        """The names of Kafka's parts."""
        return tuple(node.name for node in self._nodes)

    def port(self, name: str) -> int:
        """The number of a port of the topology."""
        return self._ports.numbers[name]

    def spare_port(self) -> int:
        """One more free port, ours until the stack is down; raises `StackError`."""
        return self._ports.another()

    def url(self, name: str) -> str:
        """``http://host:port`` of a port of the topology, for instance ``intake``."""
        return f"http://{HOST}:{self.port(name)}"

    def dsn(self, role: str) -> str:
        """A role's connection to its database, password included."""
        return self._dsn(role, ROLES[role])

    def superuser(self, database: str = "postgres") -> str:
        """The superuser's connection to any database."""
        return self._dsn(SUPERUSER, database)

    def keys(self, service: str) -> Path:
        """The folder of a service's key files; ``console`` holds the key that signs tokens."""
        return self.state / "secrets" / service

    def environment(self, process: str) -> dict[str, str]:
        """All that a process of the topology sees. In-process tests use it for settings."""
        described = PROCESSES[process]
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        facts = self._facts(process)
        own = {name: facts.fill(text) for name, text in described.environment.items()}
        return inherited | own | dict(self.variant.extra.get(process, {}))

    def part(self, name: str) -> Part:
        """A running part, to stop, start, kill or ask for its memory."""
        return self.parts[name]

    def memory(self) -> dict[str, int]:
        """Resident bytes of every part; pages shared by several processes count once."""
        return {name: part.memory() for name, part in self.parts.items()}

    async def ensure(self, *parts: str) -> None:
        """Brings up, or does, what is asked for and all that it needs, where that is not so yet."""
        there = {*self.timings, *self.variant.done}
        missing = [name for name in with_needs(parts, NEEDS) if name not in there]
        await in_order(missing, NEEDS, self._timed)

    async def make_topics(self) -> None:
        """Every topic, user and rule that is missing, also after the brokers' data were lost."""
        await bus(self.bus(), self._users, replication=self.variant.replication)

    # --- how it comes up and goes down -----------------------------------------------------------

    def _prepare(self) -> None:
        for folder in ("logs", "secrets", "postgres", "kafka"):
            (self.state / folder).mkdir(exist_ok=True, mode=0o700)
        for log in (self.state / "logs").iterdir():
            log.unlink()
        wanted = with_needs(self._wanted, NEEDS)
        used = [port for part in wanted for port in PORTS_OF.get(part, ())]
        self._ports = Ports.choose(self._mode, used)
        self.links = links(self.variant, self._ports)
        self._nodes = nodes(self.state / "kafka", self.variant, self._ports, self.links)
        self._passwords = secrets.passwords(self.state / "secrets")
        self._users = secrets.on_the_bus(self._passwords)
        secrets.key_files(self.state / "secrets")

    def _facts(self, process: str) -> Facts:
        """What the templates of a process are filled with: its links are where the others are."""
        linked = {port: self.links.get(f"{process}:{port}", ()) for port in LINKED}
        numbers = {port: routes[0].front for port, routes in linked.items() if routes}
        ports = {**self._ports.numbers, **numbers}
        kafka = ",".join(f"{HOST}:{route.front}" for route in linked["kafka"])
        jurisdiction, samples = ROOT / JURISDICTION, ROOT / "deploy/samples"
        policies = jurisdiction / "policies.yaml"
        if self._env is Environment.DEMO:
            policies = samples / "demo-policies.yaml"  # seconds instead of hours
        return Facts(
            env=self._env.value,
            bind=HOST,
            simulators=HOST,
            kafka=kafka or self.kafka,
            port=ports,
            dsn={role: self._dsn(role, ROLES[role], ports["postgres"]) for role in ROLES},
            bus=self._users,
            kafka_ca=str(self._ca or ""),
            state=str(self.state),
            secrets=str(self.state / "secrets"),
            jurisdiction=str(jurisdiction),
            policies=str(policies),
            directory=str(samples / "directory.yaml"),
        )

    def _dsn(self, role: str, database: str, port: int | None = None) -> str:
        place = f"{HOST}:{port or self.port('postgres')}"
        return database_url.url(role, self._passwords[role], place, database)

    def log(self, name: str) -> Path:
        """The log file of a part."""
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
        folder, log = self.state / "postgres", self.log("postgres")
        password = secrets.password_file(self.state / "secrets", self._passwords["postgres"])
        port = self.port("postgres")
        launch = await self.servers.postgres(folder, port, password, log, self._lock.fd)
        await self._up(launch, lambda: postgres.answers(self.superuser()))

    async def _start_kafka(self) -> None:
        self.cluster = cluster = await self.servers.kafka(
            self.state / "kafka", self._nodes, self._users[BROKERS]
        )
        await cluster.create(self.log("kafka"))
        nodes = {node.name: node for node in self._nodes}

        async def up(name: str) -> None:
            launch = cluster.launch(nodes[name], self.log(name), self._lock.fd)
            await self._up(launch, partial(ready, nodes[name]))

        await in_order(nodes, dict.fromkeys(nodes, ()), up)  # side by side: alone none is ready

    async def _provision(self) -> None:
        await databases.roles(self.superuser(), self._passwords)
        await databases.schemas(
            {name: self.superuser(name) for name in sorted(set(ROLES.values()))}
        )

    async def _topics(self) -> None:
        await self.make_topics()

    async def _start(self, process: Process) -> None:
        facts = self._facts(process.name)
        arguments = (facts.fill(each) for each in process.arguments)
        launch = Launch(
            process.name,
            (sys.executable, "-m", process.module, *arguments),
            self.log(process.name),
            self.environment(process.name),
            fds=(self._lock.fd,),
            before=self.variant.before.get(process.name, ()),
        )
        if not process.health:
            await launch.run(_WITHIN)
            return

        async def healthy() -> bool:
            for port, path in process.health.items():
                if not await http_ok(HOST, self.port(port), path):
                    return False
            return True

        await self._up(launch, healthy)

    async def _up(self, launch: Launch, probe: Callable[[], Awaitable[bool]]) -> None:
        part = Part(launch, probe, self._report, self.variant.backoff)
        await part.start(_WITHIN)
        self.parts[launch.name] = part

    async def _down(self) -> None:
        try:
            needs = reverse(NEEDS)
            needs |= dict.fromkeys(self.brokers, needs["kafka"])
            await in_order(self.parts, needs, lambda name: self.parts[name].stop())
        finally:
            self._ports.release()
            self._lock.release()
