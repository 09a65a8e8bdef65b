"""The real broker and database under the suite: one stack for the session, more on demand.

Tests take the fixture `stack` (Kafka with its topics, PostgreSQL with its roles) and ask for more:
``await stack.ensure("intake.migrate")``. What a test breaks on purpose it breaks in a stack of its
own: ``async with scratch("kafka") as own:``. One that asks for a migration begins with a copy of a
database that was migrated once for the whole run.

TIREK_TEST_STACK says whose broker and database these are: ``containers`` (the official images, by
testcontainers), ``embedded`` (our own parts), or ``auto``: containers where an engine answers and
has the images or can pull them. What looks into the embedded parts, or hurts them from within, has
``embedded_stack`` and ``scratch(..., embedded=True)``, whatever the rest runs on.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from deploy.errors import StackError
from deploy.local.kafka import Kafka
from deploy.local.kafka_identity import identify
from deploy.local.order import with_needs
from deploy.local.servers import Servers
from deploy.local.stack import ROOT, Stack
from deploy.local.variant import Variant
from deploy.provision.state_lock import StateLock
from deploy.topology import HOST, NEEDS, SERVICES
from shared.clock import CHANNEL, TURN
from shared.settings import Environment
from tests.support import containers

CHOICE = "TIREK_TEST_STACK"
STATES = ROOT / ".tirek" / "tests"
MIGRATIONS = tuple(f"{service}.migrate" for service in SERVICES)
_YOUNG = 60.0
_used: list[str] = []
_until_the_end = ExitStack()


def pytest_report_header() -> str:
    """The run's first line: on what it runs, and why."""
    servers, why = chosen()
    return f"stack: {servers or 'embedded'} ({why})"


@cache
def chosen() -> tuple[Servers | None, str]:
    """Whose servers, none for our own, and why; ends the run where the choice cannot be had."""
    choice = os.environ.get(CHOICE, "auto")
    if choice not in ("auto", "containers", "embedded"):
        pytest.exit(f"{CHOICE} is {choice}: it may be auto, containers or embedded", 4)
    if choice == "embedded":
        return None, f"{CHOICE}={choice}"
    missing = containers.missing()
    if not missing:
        return containers.Containers(), f"{CHOICE}={choice}"
    if choice == "containers":
        pytest.exit(f"{CHOICE}={choice}, but {missing}", 4)
    return None, missing


@contextmanager
def state_folder() -> Iterator[Path]:
    """A folder of our own. It stays for a look when the test fails; the next run sweeps it."""
    STATES.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=STATES))
    yield folder
    shutil.rmtree(folder)


def sweep() -> None:
    """Removes what earlier runs left, and nothing that a stack still uses."""
    if chosen()[0] is not None:
        containers.sweep()
    for folder in STATES.glob("*"):
        if time.time() - folder.stat().st_mtime < _YOUNG:
            continue  # another run may be about to use it
        lock = StateLock(folder, patience=0)
        try:
            lock.acquire()
        except (StackError, OSError):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


class Migrated:
    """An embedded server's data with every migration behind it: made once, and copied."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._making = asyncio.Lock()

    async def into(self, state: Path, parts: Sequence[str] = MIGRATIONS) -> tuple[str, ...]:
        """Lays it into a new state folder if the parts need it; which steps are done by that."""
        if not set(MIGRATIONS) & set(with_needs(parts, NEEDS)):
            return ()
        async with self._making:
            self._folder = self._folder or await self._made()
        (state / "secrets").mkdir(mode=0o700, parents=True)
        for name in ("postgres", "secrets/passwords.json"):
            copy = ("cp", "-a", str(self._folder / name), str(state / name))
            process = await asyncio.create_subprocess_exec(*copy)
            assert await process.wait() == 0
        return MIGRATIONS

    async def _made(self) -> Path:
        folder = _until_the_end.enter_context(state_folder())
        async with Stack(folder, ports="free", env=Environment.TEST, parts=MIGRATIONS):
            pass
        lock = StateLock(folder)  # no other run's sweep takes it
        lock.acquire()
        _until_the_end.callback(lock.release)
        return folder


migrated = Migrated()


@asynccontextmanager
async def scratch(*parts: str, embedded: bool = False) -> AsyncIterator[Stack]:
    """A stack of the test's own, on free ports and in a new folder."""
    servers = None if embedded else chosen()[0]
    with state_folder() as state:
        done = () if servers else await migrated.into(state, parts)
        variant = Variant(servers=servers, done=done)
        async with Stack(
            state, ports="free", env=Environment.TEST, parts=parts, variant=variant
        ) as own:
            yield own
            if servers is None:  # nothing of it is looked at any more
                ends = (part.stop(by=part.launch.die_with) for part in own.parts.values())
                await asyncio.gather(*ends)


@pytest_asyncio.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    """The session's broker and database."""
    sweep()
    async with scratch("topics", "provision") as own:
        _used.append(await described(own))
        keeping = asyncio.create_task(_keep_classes(own))
        yield own
        await keeping


async def _keep_classes(own: Stack) -> None:
    """Of a Kafka of our own, once a machine: the run's many other stacks start in half the time."""
    if isinstance(own.cluster, Kafka):
        await own.cluster.keep_classes(own.log("classes"))


@pytest_asyncio.fixture(scope="session")
async def embedded_stack(stack: Stack) -> AsyncIterator[Stack]:
    """The same on our own parts, for what looks into them."""
    if chosen()[0] is None:
        yield stack
        return
    async with scratch("topics", "provision", embedded=True) as own:
        _used.append(await described(own))
        yield own


async def described(stack: Stack) -> str:
    """Which broker and database these are, in their own words."""
    broker = await identify(HOST, stack.port("kafka"))
    database = await asyncpg.connect(stack.superuser())
    try:
        version = await database.fetchval("SHOW server_version")
    finally:
        await database.close()
    seconds = stack.timings["total"]
    return (
        f"Apache Kafka {broker.release} and PostgreSQL {version}, {stack.servers}, "
        f"up in {seconds:.1f} s"
    )


async def turn_clock(stack: Stack, by: timedelta) -> None:
    """Moves the clock that every process of the stack reads, and wakes them all."""
    connection = await asyncpg.connect(stack.dsn("tirek_clock"))
    try:
        async with connection.transaction():
            await connection.execute(TURN, by)
            await connection.execute("SELECT pg_notify($1, '')", CHANNEL)
    finally:
        await connection.close()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What was made for the whole run goes; one of several workers tells on which parts it ran."""
    _until_the_end.close()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["ran on"] = _used


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes what a worker tells, unless it died."""
    _used.extend(getattr(node, "workeroutput", {}).get("ran on", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says on which parts the suite ran."""
    for line in _used:
        terminalreporter.write_line(f"ran on {line}")
