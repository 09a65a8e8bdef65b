"""A town whose database is backed up, lost, and put back: as an operator does it, by command."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from shared.clock import TURN
from tests.campaign.calm import Watch
from tests.campaign.ledger import Ledger
from tests.campaign.oracle import Finding, judge
from tests.campaign.oracle.evidence import Evidence, gather, read_topics
from tests.support.services import LISTENING

WORKERS = tuple(f"{name}.work" for name in LISTENING)
PROCESSES = (*WORKERS, *(f"{name}.serve" for name in LISTENING))
DATABASES = ("tirek", "tirek_keys")


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said on both its outputs."""

    code: int
    text: str


async def tirek(stack: Stack, *arguments: str) -> Said:
    """``tirek …`` against a stack, as the server's superuser."""
    given = {
        "TIREK_SUPERUSER_URL": stack.superuser(),
        "TIREK_KAFKA": stack.kafka,
        "TIREK_SECRETS": str(stack.state / "secrets"),
        "COLUMNS": "200",
    }
    ended = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=given)
    return Said(ended.exit_code, ended.output)


async def stop(stack: Stack, names: Iterable[str] = PROCESSES) -> None:
    """These processes, at once."""
    await asyncio.gather(*(stack.part(name).stop() for name in names))


async def start(stack: Stack, names: Iterable[str] = PROCESSES) -> None:
    """The same again; ready when this returns."""
    await asyncio.gather(*(stack.part(name).start(60) for name in names))


async def wipe(stack: Stack) -> None:
    """Both databases are gone, as with the disk they were on."""
    for name in DATABASES:
        await run(stack.superuser(), f"DROP DATABASE {name} WITH (FORCE)")


async def run(dsn: str, statement: str, *arguments: object) -> str:
    """One statement, as whoever the DSN names."""
    connection = await asyncpg.connect(dsn, timeout=5, command_timeout=30)
    try:
        return str(await connection.execute(statement, *arguments))
    finally:
        await connection.close()


async def ask(dsn: str, question: str, *arguments: object) -> list[object]:
    """The first column of every row."""
    connection = await asyncpg.connect(dsn, timeout=5, command_timeout=30)
    try:
        return [row[0] for row in await connection.fetch(question, *arguments)]
    finally:
        await connection.close()


async def time_passes(stack: Stack, by: timedelta) -> None:
    """The clock goes on while nobody is there to see it."""
    await run(stack.dsn("tirek_clock"), TURN, by)


async def calm(stack: Stack, within: float = 60) -> None:
    """Nothing waits for anybody any more, but deadlines far ahead."""
    watch = Watch(stack)
    try:
        await watch.rest(within)
    finally:
        await watch.close()


async def judged(
    stack: Stack, reported: Iterable[str], lost: tuple[datetime, datetime]
) -> tuple[Evidence, list[Finding]]:
    """What the campaign's oracle finds; ``reported``: whatever somebody was promised stands."""
    ledger = Ledger.read(Path("none"), stack.state / "simulators.jsonl")
    taken = {f"key of {each}": each for each in reported}
    ledger = replace(ledger, taken=taken, forgotten=lost)
    topics = await read_topics(stack.bus())
    connection = await asyncpg.connect(stack.superuser("tirek"), timeout=5)
    try:
        seen = await gather(connection, stack, topics)
    finally:
        await connection.close()
    return seen, list(judge(seen, ledger).findings)


def moment() -> datetime:
    """Now, as the world outside has it."""
    return datetime.now(UTC)


def backup_files(folder: Path) -> tuple[Path, Path]:
    """The newest file of the data and of the key store."""
    return newest(folder, "data"), newest(folder, "keys")


def newest(folder: Path, kind: str) -> Path:
    """The newest file of a kind in a folder."""
    return max(folder.glob(f"tirek-*.{kind}.age"))
