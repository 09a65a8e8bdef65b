"""One stack a state folder.

The lock is an open file that every process of the stack inherits: it is free only when the last of
them has gone, so a new stack never meets the remains of one that was killed.
"""

import fcntl
import os
import time
from pathlib import Path

import psutil

from deploy.errors import StackError

_DYING = 10.0
"""How long the processes of a stack whose owner was killed may take to go, in seconds."""


class StateLock:
    """Holds ``folder/lock`` until `release`, or until every inheritor has gone."""

    def __init__(self, folder: Path, *, patience: float = _DYING) -> None:
        self._folder = folder
        self._patience = patience
        self._path = folder / "lock"
        self.fd = -1

    def acquire(self) -> None:
        """Raises `StackError` when another stack uses the folder."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(fd)
        except BaseException:
            os.close(fd)
            raise
        os.truncate(fd, 0)
        os.pwrite(fd, str(os.getpid()).encode(), 0)
        self.fd = fd

    def _take(self, fd: int) -> None:
        deadline = time.monotonic() + self._patience
        while not try_lock(fd):
            owner = os.pread(fd, 20, 0).decode(errors="replace")
            alive = owner.isdigit() and psutil.pid_exists(int(owner))
            if alive or time.monotonic() > deadline:
                raise StackError(
                    f"{self._folder} is in use by another stack (pid {owner}): stop that one first"
                )
            time.sleep(0.05)

    def release(self) -> None:
        """Closes our end."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def try_lock(fd: int) -> bool:
    """Whether the file could be locked at once."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
