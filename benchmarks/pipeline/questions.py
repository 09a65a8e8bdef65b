"""Statements and Kafka requests, counted by the servers themselves.

For one stretch both servers are told to note every question in their logs: PostgreSQL each
statement with the role that asked (``log_statement``), Kafka each request with its kind (the logger
``kafka.request.logger``). So nothing is wrapped or patched, no port for JMX costs memory, and
whatever asks is counted. Noting costs time: such a stretch is used for no other figure.
"""

import asyncio
import re
import struct
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from benchmarks.figures import Json
from deploy.errors import StackError
from deploy.local.stack import Stack
from deploy.topology import HOST, SUPERUSER

_STATEMENT = re.compile(r"^asked by (\w+) LOG:  (?:statement|execute [^:]*): ")
_REQUEST = re.compile(r'Completed request:.*"requestApiKeyName":"(\w+)".*"listener":"CLIENTS"')
_SETTINGS = {"log_line_prefix": "asked by %u ", "log_statement": "all"}
_LOGGER = "kafka.request.logger"
_ALTER, _VERSION, _CORRELATION = 44, 0, 9
_OURSELVES = "INCREMENTAL_ALTER_CONFIGS"
_OF_LOGGERS, _SET, _DELETE = 8, 0, 1
_NODE = "1"
_WITHIN = 5.0


@dataclass(slots=True)
class Questions:
    """How often each thing was asked: statements by role, requests by kind."""

    statements: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)

    def to_json(self, incidents: int) -> Json:
        """An incident, as it stands in the file of a run; what was asked most stands first."""
        return {
            "incidents": incidents,
            "statements": _each(self.statements, incidents),
            "requests": _each(self.requests, incidents),
        }


def _each(counted: Counter[str], incidents: int) -> Json:
    return {name: round(often / incidents, 2) for name, often in counted.most_common()}


@asynccontextmanager
async def noted(stack: Stack) -> AsyncIterator[Questions]:
    """What is asked inside the block; whole when it has ended. Raises `StackError`."""
    found, logs = Questions(), {name: stack.log(name) for name in ("postgres", "kafka")}
    superuser = await asyncpg.connect(stack.superuser())
    try:
        await _statements_noted(superuser, noted=True)
        await _requests_noted(stack.port("kafka"), noted=True)
        sizes = {name: log.stat().st_size for name, log in logs.items()}
        try:
            yield found
        finally:
            lines = {name: _lines(log, sizes[name]) for name, log in logs.items()}
            await _requests_noted(stack.port("kafka"), noted=False)
            await _statements_noted(superuser, noted=False)
        found.statements = statements(lines["postgres"])
        found.requests = requests(lines["kafka"])
    finally:
        await superuser.close()


def statements(lines: Iterable[str]) -> Counter[str]:
    """By role, from PostgreSQL's log, but not the superuser's: that is ourselves.

    ``BEGIN`` and ``COMMIT`` are statements too; one executed for many rows is as many.
    """
    said = (match[1] for match in map(_STATEMENT.match, lines) if match)
    return Counter(role for role in said if role != SUPERUSER)


def requests(lines: Iterable[str]) -> Counter[str]:
    """By kind (``FETCH``), from Kafka's log: what clients ask, not its nodes each other."""
    asked = (match[1] for match in map(_REQUEST.search, lines) if match)
    return Counter(kind for kind in asked if kind != _OURSELVES)


def _lines(log: Path, after: int) -> list[str]:
    with log.open("rb") as file:
        file.seek(after)
        return file.read().decode(errors="replace").splitlines()


async def _statements_noted(superuser: asyncpg.Connection, *, noted: bool) -> None:
    for name, value in _SETTINGS.items():
        to = f"SET {name} = '{value}'" if noted else f"RESET {name}"
        await superuser.execute(f"ALTER SYSTEM {to}")
    await superuser.execute("SELECT pg_reload_conf()")
    await asyncio.sleep(0.2)  # each backend reads it before its next statement


async def _requests_noted(port: int, *, noted: bool) -> None:
    """Raises `StackError` when Kafka refuses."""
    async with asyncio.timeout(_WITHIN):
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            asked = alter_logger("DEBUG" if noted else None)
            writer.write(struct.pack(">i", len(asked)) + asked)
            (size,) = struct.unpack(">i", await reader.readexactly(4))
            _correlation, _throttle, _count, error = struct.unpack_from(
                ">iiih", await reader.readexactly(size)
            )
        finally:
            writer.close()
    if error:
        raise StackError(f"Kafka does not note its requests (error {error})")


def alter_logger(level: str | None) -> bytes:
    """IncrementalAlterConfigs, version 0, for the logger of requests; aiokafka has no such request.

    ``level`` None: as the configuration has it.
    """
    head = struct.pack(">hhih", _ALTER, _VERSION, _CORRELATION, -1)
    resource = struct.pack(">ib", 1, _OF_LOGGERS) + _text(_NODE)
    change = struct.pack(">i", 1) + _text(_LOGGER) + struct.pack(">b", _SET if level else _DELETE)
    value = _text(level) if level else struct.pack(">h", -1)
    return head + resource + change + value + b"\0"


def _text(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()
