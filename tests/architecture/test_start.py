"""What a process loads before it is up: each is to start soon and to stay small."""

import subprocess
import sys

from shared.events.services import SERVICES

_NOT_THEIRS = "{'aiokafka', 'faststream', 'alembic'}"
LISTENING = {"console"}
"""Their pages hear of changes over Kafka."""


def test_who_serves_http_loads_nothing_of_brokers_or_migrations() -> None:
    """A fifth of its start, and 10 MB: the worker and the migration load what is theirs."""
    modules = ", ".join(f"services.{name}.__main__" for name in SERVICES.keys() - LISTENING)
    asked = f"import sys, {modules}; print(*sys.modules.keys() & {_NOT_THEIRS})"
    process = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)
    assert process.stdout == b"\n"
