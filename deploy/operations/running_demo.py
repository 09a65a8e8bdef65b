"""Where the demo on this machine keeps its parts: for verbs that look into a database.

Another stack is named by the environment, as in the container `operator`: ``TIREK_SECRETS`` and
``TIREK_POSTGRES``.
"""

import json
import os
from pathlib import Path

from deploy.topology import HOST, PORTS, SERVICES
from shared import database_url
from shared.cli import fail

SECRETS = Path(__file__).parents[2] / ".tirek" / "demo" / "secrets"


def databases(secrets: Path | None = None, server: str | None = None) -> dict[str, str]:
    """Each service's database, with its own role.

    ``secrets`` and ``server`` of another stack; left out, those of the environment.
    """
    folder = secrets or Path(os.environ.get("TIREK_SECRETS") or SECRETS)
    passwords = _passwords(folder, "--database-url")
    place = server or os.environ.get("TIREK_POSTGRES") or postgres()
    return {
        name: database_url.url(f"tirek_{name}", passwords[f"tirek_{name}"], place, "tirek")
        for name in SERVICES
    }


def superuser() -> str:
    """The database server, as its superuser."""
    password = _passwords(SECRETS, "--server")["postgres"]
    return database_url.url("postgres", password, postgres())


def _passwords(secrets: Path, option: str) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((secrets / "passwords.json").read_text(encoding="utf-8"))
    except OSError:
        if secrets != SECRETS:
            raise fail(f"no passwords.json in {secrets}") from None
        raise fail(f"no demo on this machine: give {option}") from None
    return found


def postgres() -> str:
    """The database server, host:port."""
    return f"{HOST}:{PORTS['postgres'].number}"


def kafka() -> str:
    """The broker, host:port."""
    return f"{HOST}:{PORTS['kafka'].number}"
