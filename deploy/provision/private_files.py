"""Private files: whole or not at all, on the disk, and never readable for others."""

import os
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Replaces a file, mode 0600; its folder is made, mode 0700, if it is missing.

    It survives a power cut once this returns: what is sealed for a new key must.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    create(new, text)
    new.replace(path)
    sync_folder(path.parent)


def create(path: Path, text: str, mode: int = 0o600) -> None:
    """A new file, on the disk; raises `FileExistsError`."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(fd)


def sync_folder(folder: Path) -> None:
    """A new name survives a power cut only once its folder is on the disk."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
