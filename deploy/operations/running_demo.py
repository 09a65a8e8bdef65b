"""Where the demo on this machine keeps its parts: for verbs that look into a database.

Another stack is named by the environment, as in the container `operator`: ``TIREK_SECRETS`` and
``TIREK_POSTGRES``.
"""

import json
import os
from pathlib import Path

from deploy.provision.bus_rules import ADMINISTRATOR
from deploy.provision.secrets import on_the_bus
from deploy.topology import HOST, PORTS, SERVICES
from shared import database_url
from shared.bus.access import Access
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


def secrets(*, guess: bool) -> Path | None:
    """The folder of secrets: TIREK_SECRETS, or the demo's where the demo may be guessed."""
    named = os.environ.get("TIREK_SECRETS")
    return Path(named) if named else SECRETS if guess else None


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


def kafka(servers: str | None = None, secrets: Path | None = None) -> Access:
    """The broker, as its administrator: by TIREK_KAFKA_PASSWORD, or the password in that folder.

    Another broker than the demo's, with neither, is one that asks nobody who they are.
    """
    folder = secrets or Path(os.environ.get("TIREK_SECRETS") or SECRETS)
    password, ca = os.environ.get("TIREK_KAFKA_PASSWORD", ""), os.environ.get("TIREK_KAFKA_CA")
    path = folder / "passwords.json"
    if not password and (servers is None or folder != SECRETS) and path.exists():
        password = on_the_bus(json.loads(path.read_text(encoding="utf-8"))).get(ADMINISTRATOR, "")
    where = servers or f"{HOST}:{PORTS['kafka'].number}"
    return Access(where, ADMINISTRATOR, password, Path(ca) if ca else None)
