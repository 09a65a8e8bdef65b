"""``python -m deploy.containers.secrets``: makes the secrets that are missing, each in its volume.

The first start makes everything; later ones change nothing. What a service may not know is not in
its volume; the volume of all, with every password, is the operator's alone.
"""

import os
import sys
from pathlib import Path

from deploy.containers.facts import DATABASE_PORT, RECIPIENTS, recipient, secrets_of
from deploy.local.errors import StackError
from deploy.local.secrets import key_files, passwords
from deploy.topology import PROCESSES, SERVICES, SUPERUSER

ROOT = Path("/secrets")
_FOR_ITS_IMAGE = 0o444
"""PostgreSQL's image reads its file as whoever it is; no other container has that volume."""


def give(root: Path = ROOT) -> list[str]:
    """Fills the folders; the names of addresses and passwords that are new or another than before.

    Raises `StackError` with one line when a folder is missing or cannot be written.
    """
    for folder in (root, *(root / name for name in RECIPIENTS)):
        if not os.access(folder, os.W_OK):
            raise StackError(f"{folder} cannot be written: is its volume mounted?")
    known = passwords(root)
    key_files(root)
    wanted = {
        "superuser/password": known[SUPERUSER],
        "superuser/pgpass": f"postgres:{DATABASE_PORT}:*:{SUPERUSER}:{known[SUPERUSER]}\n",
    }
    for process in PROCESSES.values():
        if process.name.partition(".")[0] in SERVICES:
            folder_of = recipient(process.name)
            for name, text in secrets_of(process, known).items():
                wanted[f"{folder_of}/{name}"] = text
    changed = [path for path, text in wanted.items() if _put(root / path, text)]
    (root / "superuser" / "password").chmod(_FOR_ITS_IMAGE)
    return sorted(changed)


def _put(path: Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(fd)
    new.replace(path)
    return True


def main() -> int:
    """Says how many files were made; 1 with one line when it cannot."""
    try:
        changed = give()
    except (StackError, OSError) as problem:
        sys.stderr.write(f"secrets: {problem}\n")
        return 1
    sys.stdout.write(f"secrets: all are there; {len(changed)} addresses made or changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
