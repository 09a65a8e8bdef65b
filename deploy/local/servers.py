"""Where a stack's Kafka and PostgreSQL come from: our own parts, unless somebody brings others.

Whoever brings them listens on the ports that the stack names and keeps its data in the folders that
it names, so that nothing else of a stack need know.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rich.console import Console

from deploy.local import postgres
from deploy.local.java import archive, class_path
from deploy.local.kafka import CLASSES, Kafka, Node
from deploy.local.processes import Launch


class Cluster(Protocol):
    """Kafka's nodes: their configuration, data and command lines."""

    async def create(self, log: Path) -> None:
        """Writes the configuration and, once, gives the cluster its id."""

    def forget(self) -> None:
        """Removes every record and the cluster's id; no node may be running."""

    def launch(self, node: Node, log: Path, lock: int) -> Launch:
        """How a node is started. ``lock`` says that the stack's folder is in use."""


class Servers(Protocol):
    """Both; ``str()`` names their kind to a person."""

    async def kafka(self, folder: Path, nodes: Sequence[Node], password: str) -> Cluster:
        """A cluster that keeps its things in ``folder``; ``password`` is the brokers' own.

        Raises `StackError`.
        """

    async def postgres(
        self, folder: Path, port: int, password_file: Path, log: Path, lock: int
    ) -> Launch:
        """A server with its data in ``folder/data``, made if missing. Raises `StackError`."""


class Embedded:
    """Our own: Kafka's jars on a Java that pip brought, and PostgreSQL's binaries from a wheel."""

    def __init__(self, jars: Path, console: Console) -> None:
        self._jars = jars
        self._console = console

    def __str__(self) -> str:
        return "embedded"

    async def kafka(self, folder: Path, nodes: Sequence[Node], password: str) -> Cluster:
        """Fetches the jars that are missing; progress goes to the console."""
        jars = await asyncio.to_thread(class_path, self._jars, self._console)
        return Kafka(folder, nodes, jars, archive(self._jars, CLASSES), password)

    async def postgres(
        self, folder: Path, port: int, password_file: Path, log: Path, lock: int
    ) -> Launch:
        """Makes the data folder itself, once."""
        await postgres.create(folder, password_file, log)
        return postgres.launch(folder, port, log, lock)
