"""A disk that is small enough to be filled: a tmpfs of our own. Needs root."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.faults.missing import Missing

_MEGABYTE = b"\0" * 2**20
_PAGE = b"\0" * 4096


@dataclass(frozen=True, slots=True)
class Disk:
    """Mounted at ``folder``."""

    folder: Path

    @contextmanager
    def full(self) -> Iterator[None]:
        """No file on it can grow, and none be made with anything in it: ENOSPC."""
        ballast = self.folder / "ballast"
        try:
            with ballast.open("wb", buffering=0) as file:
                for chunk in (_MEGABYTE, _PAGE):
                    _fill(file.fileno(), chunk)
            yield
        finally:
            ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Mounts it at ``folder``, which is made; what is in it goes with it. Raises `Missing`.

    For PostgreSQL: ``state / "postgres"``, before the stack starts. An idle cluster with all
    migrations takes about 65 MB, and what it logs ahead up to 1 GB, if there is room.
    """
    if os.geteuid() != 0:
        raise Missing("a disk that can be filled needs root")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_mount():  # of a run that was killed
        _run("umount", "--lazy", str(folder))
    options = f"size={megabytes}m,mode=0700"
    try:
        _run("mount", "-t", "tmpfs", "-o", options, "tirek-small-disk", str(folder))
    except (subprocess.CalledProcessError, FileNotFoundError) as problem:
        raise Missing("a disk that can be filled needs the right to mount a tmpfs") from problem
    try:
        yield Disk(folder)
    finally:
        _run("umount", "--lazy", str(folder))


def _fill(fd: int, chunk: bytes) -> None:
    try:
        while True:
            os.write(fd, chunk)
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20)
