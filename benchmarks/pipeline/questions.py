"""Statements and Kafka requests, counted by the servers themselves.

For one stretch both servers are told to note every question in their logs: PostgreSQL each
statement with the role that asked (``log_statement``), Kafka each request with its kind (the logger
``kafka.request.logger``). So nothing is wrapped or patched, no port for JMX costs memory, and
whatever asks is counted. Noting costs time: such a stretch is used for no other figure.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.api import RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

from benchmarks.figures import Json
from deploy.errors import StackError
from deploy.local.stack import Stack
from deploy.provision.kafka_requests import Exactly
from deploy.topology import SUPERUSER

_STATEMENT = re.compile(r"^asked by (\w+) LOG:  (?:statement|execute [^:]*): ")
_REQUEST = re.compile(r'Completed request:.*"requestApiKeyName":"(\w+)".*"listener":"CLIENTS"')
_SETTINGS = {"log_line_prefix": "asked by %u ", "log_statement": "all"}
_LOGGER = "kafka.request.logger"
_OURSELVES = "INCREMENTAL_ALTER_CONFIGS"
_OF_LOGGERS, _SET, _DELETE = 8, 0, 1
_NODE = "1"
_WITHIN_MS = 5_000


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
        await _requests_noted(stack, noted=True)
        sizes = {name: log.stat().st_size for name, log in logs.items()}
        try:
            yield found
        finally:
            lines = {name: _lines(log, sizes[name]) for name, log in logs.items()}
            await _requests_noted(stack, noted=False)
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


async def _requests_noted(stack: Stack, *, noted: bool) -> None:
    """Raises `StackError` when Kafka refuses."""
    client = AIOKafkaClient(**stack.bus().client(), request_timeout_ms=_WITHIN_MS)
    try:
        await client.bootstrap()
        answer = await client.send(int(_NODE), Exactly(alter_logger("DEBUG" if noted else None)))
    finally:
        await client.close()
    if error := answer.to_object()["responses"][0]["error_code"]:
        raise StackError(f"Kafka does not note its requests (error {error})")


class _IncrementalAlterConfigsResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 44
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "responses",
            Array(
                ("error_code", Int16),
                ("error_message", String("utf-8")),
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
            ),
        ),
    )


class _IncrementalAlterConfigs(RequestStruct):  # type: ignore[misc]
    """The one way to change a logger; aiokafka has no such request."""

    API_KEY = 44
    API_VERSION = 0
    RESPONSE_TYPE = _IncrementalAlterConfigsResponse
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                (
                    "configs",
                    Array(
                        ("name", String("utf-8")),
                        ("operation", Int8),
                        ("value", String("utf-8")),
                    ),
                ),
            ),
        ),
        ("validate_only", Boolean),
    )


def alter_logger(level: str | None) -> RequestStruct:
    """For the logger of requests; ``level`` None: as the configuration has it."""
    change = (_LOGGER, _SET if level else _DELETE, level)
    return _IncrementalAlterConfigs([(_OF_LOGGERS, _NODE, [change])], False)
