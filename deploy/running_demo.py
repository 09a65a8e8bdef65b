"""Where the demo on this machine keeps its parts: for verbs that look into a database."""

import json
from pathlib import Path

from deploy.topology import HOST, PORTS, SERVICES
from shared.cli import fail

PASSWORDS = Path(__file__).parents[1] / ".tirek" / "demo" / "secrets" / "passwords.json"


def databases() -> dict[str, str]:
    """Each service's database, with its own role."""
    try:
        passwords = json.loads(PASSWORDS.read_text(encoding="utf-8"))
    except OSError:
        raise fail("no demo on this machine: give --database-url") from None
    port = PORTS["postgres"].number
    return {
        name: f"postgresql://tirek_{name}:{passwords[f'tirek_{name}']}@{HOST}:{port}/tirek"
        for name in SERVICES
    }


def kafka() -> str:
    """The broker, host:port."""
    return f"{HOST}:{PORTS['kafka'].number}"
