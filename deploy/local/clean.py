"""``make clean``: removes ``.tirek``, unless a stack runs from it.

Standard library only: it must work when there is no virtual environment, or a broken one.
"""

import fcntl
import shutil
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[2] / ".tirek"


def in_use(lock: Path) -> bool:
    """Whether a stack holds its state folder's lock."""
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def main(home: Path) -> str | None:
    """Why it was refused, in one line; or None when the folder is gone."""
    for lock in [*home.glob("*/lock"), *home.glob("tests/*/lock")]:
        if in_use(lock):
            return f"tirek: {lock.parent} is in use (pid {lock.read_text()}): stop that stack first"
    if home.exists():
        shutil.rmtree(home)
    return None


if __name__ == "__main__":
    sys.exit(main(HOME))
