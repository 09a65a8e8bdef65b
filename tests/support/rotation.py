"""Three services whose sealing keys change while they run, without a broker or a database."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.operations import sealing_keys
from deploy.provision import secrets
from deploy.topology import SERVICES
from shared import key_files
from shared.errors import RetryLater
from shared.key_files import unb64
from shared.security.keyring import PRIVATE_FILE, PUBLIC_FILE
from shared.security.sealing import Sealer

FILES = (PRIVATE_FILE, PUBLIC_FILE)


@dataclass(slots=True)
class World:
    """Three running services. ``desk`` is where keys are made; each service reads ``hosts``."""

    desk: Path
    hosts: Path
    sealers: dict[str, Sealer] = field(default_factory=dict)
    seconds: float = 1000.0
    rotation: Iterator[str] | None = None
    sealed: list[tuple[bytes, str, str, bytes]] = field(default_factory=list)
    """What was sealed: the document, by whom, a reader, what it must read."""

    def step(self, service: str) -> None:
        """One phase of the rotation that is going on, or the first of a new one."""
        self.rotation = self.rotation or sealing_keys.rotate(self.desk, service)
        if next(self.rotation, None) is None:
            self.rotation = None

    def kill(self) -> None:
        """The command dies between two phases."""
        self.rotation = None

    def rotate(self, service: str) -> None:
        """The command, run to its end."""
        self.kill()
        list(sealing_keys.rotate(self.desk, service))

    def finish(self) -> None:
        """All rotations come to their end, by repeating the command."""
        self.kill()
        for service in SERVICES:
            standing = sealing_keys.standings(self.desk)
            if any(each.lacking for each in standing if each.service == service):
                self.rotate(service)

    def copy(self, service: str, name: str) -> None:
        """A file reaches the machine where the service runs."""
        if self.hosts != self.desk:
            # whole or not at all, as whoever distributes keys must do it
            new = self.hosts / service / "copy"
            shutil.copy(self.desk / service / name, new)
            new.replace(self.hosts / service / name)

    def copy_all(self) -> None:
        """Everything has arrived, and a second has passed."""
        for service in SERVICES:
            for name in FILES:
                self.copy(service, name)
        self.seconds += 1

    def seal(self, producer: str, readers: list[str]) -> None:
        """A running service seals something."""
        plain = f"{len(self.sealed)} by {producer}".encode()
        document = self.sealers[producer].seal(plain, readers, b"attributes")
        self.sealed += [(document, producer, reader, plain) for reader in readers]

    def open_all(self) -> int:
        """Every reader opens everything; answers how much has to wait for a key."""
        waiting = 0
        for document, by, reader, plain in self.sealed:
            try:
                assert self.sealers[reader].open(document, b"attributes", by=by) == plain
            except RetryLater as problem:
                if problem.name != "sealing key":
                    raise
                waiting += 1
        return waiting


@contextmanager
def world(*, one_machine: bool) -> Iterator[World]:
    """Fresh keys, three services that have just started."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        desk = hosts = Path(folder) / "desk"
        secrets.key_files(desk)
        if not one_machine:
            hosts = Path(folder) / "hosts"
            shutil.copytree(desk, hosts)
        made = World(desk, hosts)
        patch.setattr("os.fsync", lambda _fd: None)  # no power will fail here
        patch.setattr(key_files, "monotonic", lambda: made.seconds)
        made.sealers = {each: Sealer.from_directory(each, hosts / each) for each in SERVICES}
        yield made


def rotated(one: World, service: str) -> None:
    """A whole rotation, and the second in which running processes notice."""
    one.rotate(service)
    one.seconds += 1


def without(path: Path, kid: str) -> None:
    """A file that lacks one key."""
    kept = [key for key in secrets.read_set(path) if key["kid"] != kid]
    secrets.write_set(path, kept)


def skid(document: bytes) -> str:
    """The key a document was sealed with."""
    found: str = json.loads(unb64(json.loads(document)["protected"]))["skid"]
    return found


def settled(folder: Path) -> None:
    """As if the keys had last been changed an hour ago."""
    _older(folder.glob(f"*/{PUBLIC_FILE}"))


def settled_secrets(folder: Path) -> None:
    """The same of the keys by which cases are hidden."""
    for file, _ in secrets.SHARED.values():
        _older(folder.glob(f"*/{file}"))


def _older(paths: Iterable[Path]) -> None:
    for path in paths:
        then = path.stat().st_mtime - 3600
        os.utime(path, (then, then))
