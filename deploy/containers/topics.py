"""``python -m deploy.containers.topics``: topics, users and rules of the bus, as in the table.

TIREK_KAFKA names the broker, TIREK_SECRETS the folder with passwords.json; without the latter the
broker is one that asks nobody who they are, and gets topics alone. TIREK_KAFKA_CA: TLS. Repeating
it is harmless.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.errors import StackError
from deploy.provision.bus import bus
from deploy.provision.bus_rules import ADMINISTRATOR
from deploy.provision.secrets import on_the_bus
from shared.bus.access import Access
from shared.events.topics import TOPICS


async def run(environment: Mapping[str, str]) -> None:
    """Raises `StackError`, one line."""
    folder, ca = environment.get("TIREK_SECRETS"), environment.get("TIREK_KAFKA_CA")
    known: dict[str, str] = {}
    if folder:
        try:
            text = (Path(folder) / "passwords.json").read_text(encoding="utf-8")
            known = on_the_bus(json.loads(text))
        except (OSError, ValueError) as problem:
            raise StackError(
                f"{folder}/passwords.json cannot be read: run the job secrets"
            ) from problem
    administrator = Access(
        environment["TIREK_KAFKA"],
        ADMINISTRATOR,
        known.get(ADMINISTRATOR, ""),
        Path(ca) if ca else None,
    )
    await bus(administrator, known, replication=int(environment.get("TIREK_REPLICATION", "1")))


def main() -> int:
    """1 with one line when it cannot."""
    try:
        asyncio.run(run(os.environ))
    except (StackError, ValueError) as problem:
        sys.stderr.write(f"topics: {problem}\n")
        return 1
    sys.stdout.write(f"topics: {', '.join(topic.name for topic in TOPICS.values())} are there\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
