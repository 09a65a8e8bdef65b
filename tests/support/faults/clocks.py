"""Clocks that jump, for single parts of a stack: libfaketime. The machine's own is never set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deploy.local.stack import Stack
from tests.support.faults.missing import Missing

_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt")
_NAME = "faketime/libfaketimeMT.so.1"
"""The variant for programs with threads; it serves those without as well."""


@dataclass(slots=True)
class FakedClock:
    """A file that says by how much a clock is wrong; read whenever somebody asks for the time."""

    file: Path
    library: Path
    wrong_by: timedelta = timedelta()

    @property
    def environment(self) -> dict[str, str]:
        """For a process that shall have this clock, from its start. Durations stay real."""
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",  # its name in older versions
        }

    def jump(self, by: timedelta) -> None:
        """Forward, or backward; at once, for everybody who has this clock."""
        self.set(self.wrong_by + by)

    def set(self, wrong_by: timedelta) -> None:
        """The difference from the true time."""
        self.wrong_by = wrong_by
        new = self.file.with_suffix(".new")
        new.write_text(f"{wrong_by.total_seconds():+.3f}\n")
        new.chmod(0o644)
        new.replace(self.file)


def faked(file: Path) -> FakedClock:
    """A clock that is right, so far; raises `Missing`."""
    clock = FakedClock(file, library())
    clock.set(timedelta())
    return clock


def library() -> Path:
    """libfaketime; raises `Missing`."""
    for folder in map(Path, _FOLDERS):
        for found in sorted((*folder.glob(_NAME), *folder.glob(f"*/{_NAME}"))):
            return found
    raise Missing("a clock that jumps needs libfaketime (Debian: libfaketime)")


@asynccontextmanager
async def faked_clock(stack: Stack, *parts: str) -> AsyncIterator[FakedClock]:
    """Restarts these parts under one faked clock, and at the end under the true one."""
    clock = faked(stack.state / "faked-clock")
    changed = [stack.part(name) for name in parts]
    try:
        for part in changed:
            part.change(**clock.environment)
            await part.restart()
        yield clock
    finally:
        for part in changed:
            part.change(**dict.fromkeys(clock.environment))
        for part in changed:
            await part.restart()
