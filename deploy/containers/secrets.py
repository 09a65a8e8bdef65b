"""``python -m deploy.containers.secrets``: makes the secrets that are missing, each in its volume.

The first start makes everything; later ones change nothing. What a service may not know is not in
its volume; the volume of all, with every password, is the operator's alone. The gateways' addresses
are written where there are none, and never again: a person may have put others
(`deploy.containers.gateways`). Real life gets none from here, and is refused while it lacks
something (`deploy.containers.real_life`).
"""

import os
import sys
from pathlib import Path

from deploy.containers import real_life
from deploy.containers.facts import (
    DATABASE_PORT,
    GATEWAYS,
    RECIPIENTS,
    recipient,
    secrets_of,
)
from deploy.errors import StackError
from deploy.local.kafka import logins
from deploy.provision import private_files
from deploy.provision.bus_rules import BROKERS
from deploy.provision.secrets import key_files, on_the_bus, passwords
from deploy.topology import PROCESSES, SERVICES, SUPERUSER
from shared.settings import Environment

ROOT = Path("/secrets")
_GATEWAY_FILES = {name.lower() for name in GATEWAYS}
_FOR_ITS_IMAGE = 0o444
_READ_BY_IMAGES = ("superuser/password", "broker/logins.jaas")
"""PostgreSQL's and Kafka's images read their file as whoever they are; no other container has that
volume."""


def give(root: Path = ROOT, *, real: bool = False) -> list[str]:
    """Fills the folders; the names of addresses and passwords that are new or another than before.

    Raises `StackError` with one line when a folder is missing or cannot be written.
    """
    for folder in (root, *(root / name for name in RECIPIENTS)):
        if not os.access(folder, os.W_OK):
            raise StackError(f"{folder} cannot be written: is its volume mounted?")
    known = passwords(root)
    key_files(root)
    wanted = {
        "broker/logins.jaas": logins(on_the_bus(known)[BROKERS]),
        "superuser/password": known[SUPERUSER],
        "superuser/pgpass": f"postgres:{DATABASE_PORT}:*:{SUPERUSER}:{known[SUPERUSER]}\n",
    }
    for process in PROCESSES.values():
        if process.name.partition(".")[0] in SERVICES:
            folder_of = recipient(process.name)
            for name, text in secrets_of(process, known).items():
                path = f"{folder_of}/{name}"
                if name not in _GATEWAY_FILES or not (real or (root / path).exists()):
                    wanted[path] = text
    changed = [path for path, text in wanted.items() if put(root / path, text)]
    for path in _READ_BY_IMAGES:
        (root / path).chmod(_FOR_ITS_IMAGE)
    return sorted(changed)


def put(path: Path, text: str) -> bool:
    """Writes a file that its owner alone can read; whether it was another before."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    private_files.write(path, text)
    return True


def main() -> int:
    """Says how many files were made; 1 with one line when it cannot."""
    real = os.environ.get("TIREK_ENV") == Environment.PROD
    try:
        changed = give(real=real)
        if real:
            real_life.check(os.environ, ROOT)
    except (StackError, OSError) as problem:
        sys.stderr.write(f"secrets: {problem}\n")
        return 1
    sys.stdout.write(f"secrets: all are there; {len(changed)} addresses made or changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
