"""One file of a backup: sealed; in it a line that says what it is, and behind it pg_dump's archive.

So ``age -d -i KEY FILE | tail -n +2 | pg_restore …`` puts it back without us. Behind the line of
saved secrets (`deploy.backup.key_files`) stands JSON instead.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from deploy.backup import age
from deploy.backup.errors import BackupError
from deploy.provision.private_files import sync_folder

FORMAT = 1
KINDS = ("data", "keys", "secrets")
_LONGEST_MANIFEST = 1024 * 1024
_NEEDED = ("format", "kind", "backup", "at", "heads", "rows", "server")

Told = Callable[[int], None]
"""Told how many more bytes have been written or read."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file says of itself, under the same seal as its content."""

    kind: str
    """``data``, ``keys`` or ``secrets``."""
    backup: str
    """The same in both files of one backup."""
    at: datetime
    """The moment of the snapshot, by the database's clock: nothing later is in it."""
    heads: Mapping[str, str]
    """By schema, the newest migration it had."""
    rows: Mapping[str, int]
    """By table; of secrets, how many keys by key file."""
    server: str
    """The version of PostgreSQL that it was taken from; empty for secrets."""

    @property
    def total(self) -> int:
        """Rows in all tables."""
        return sum(self.rows.values())

    def line(self) -> bytes:
        """As it stands in the file."""
        said = {
            "format": FORMAT,
            "kind": self.kind,
            "backup": self.backup,
            "at": self.at.astimezone(UTC).isoformat(),
            "heads": dict(self.heads),
            "rows": dict(self.rows),
            "server": self.server,
        }
        return json.dumps(said, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Manifest":
        """From the first line; raises `BackupError`."""
        try:
            said: dict[str, Any] = json.loads(line)
            found = {name: said[name] for name in _NEEDED}
            if found.pop("format") != FORMAT or found["kind"] not in KINDS:
                raise BackupError("it is a backup of a kind that a newer Tirek made")
            return cls(**found | {"at": datetime.fromisoformat(found["at"])})
        except (ValueError, KeyError, TypeError):
            raise BackupError("it opens, but it is no backup of Tirek") from None


@contextmanager
def written(path: Path, manifest: Manifest, recipients: Sequence[str]) -> Iterator[age.Sealed]:
    """A new file, readable for its owner alone. It has its name only once it is whole."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            sealed = age.Sealed(file, recipients)
            sealed.write(manifest.line())
            yield sealed
            sealed.close()
            file.flush()
            os.fsync(fd)
        part.rename(path)
        sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


class Backup:
    """A file of a backup, and the key to it."""

    def __init__(self, path: Path, private: str) -> None:
        self.path = path
        self._private = private
        self.size = path.stat().st_size

    def checked(self, told: Told) -> Manifest:
        """Reads it to its end; answers what it is. Raises `BackupError`: no byte may be wrong."""
        with self._content(told) as (manifest, rest):
            for _ in rest:
                pass
            return manifest

    @contextmanager
    def archive(self, told: Told) -> Iterator[Iterator[bytes]]:
        """What stands behind its line: whole when the iterator ends, `BackupError` else."""
        with self._content(told) as (_, rest):
            yield rest

    @contextmanager
    def _content(self, told: Told) -> Iterator[tuple[Manifest, Iterator[bytes]]]:
        try:
            with self.path.open("rb") as file:
                pieces = _counted(file, age.opened(file, self._private), told)
                line, rest = _first_line(pieces)
                yield Manifest.read(line), _and_then(rest, pieces)
        except BackupError as problem:
            raise type(problem)(f"{self.path}: {problem}") from None


def _counted(file: BinaryIO, pieces: Iterator[bytes], told: Told) -> Iterator[bytes]:
    before = 0
    for piece in pieces:
        at = file.tell()
        told(at - before)
        before = at
        yield piece


def _first_line(pieces: Iterator[bytes]) -> tuple[bytes, bytes]:
    held = b""
    for piece in pieces:
        held += piece
        line, end, rest = held.partition(b"\n")
        if end:
            return line, rest
        if len(held) > _LONGEST_MANIFEST:
            break
    raise BackupError("it opens, but it is no backup of Tirek")


def _and_then(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces
