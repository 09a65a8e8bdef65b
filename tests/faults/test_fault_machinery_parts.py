"""A part's next start, the loop that starts it again, and frozen children of a dead parent."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from deploy.local.processes import Backoff, Launch, Part
from deploy.local.stack import ROOT
from tests.support.eventually import eventually

CRASHING = "import os, sys; print(os.environ.get('CRASH_AT'), flush=True); sys.exit(3)"
OBEDIENT = "import signal\nprint('up', flush=True)\nwhile True: signal.pause()"
OWNER = """
import asyncio, signal, sys
from pathlib import Path
from deploy.local.processes import Launch, Part
from tests.support.faults.freezing import frozen
async def main():
    log = Path(sys.argv[1])
    async def up():
        return log.exists() and "up" in log.read_text()
    argv = (sys.executable, "-c", sys.argv[2])
    part = Part(Launch("part", argv, log, die_with=signal.SIGTERM), up, print)
    await part.start()
    async with frozen(part):
        print(part.pid, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


async def always() -> bool:
    """A probe."""
    return True


@pytest.fixture
async def crashing(tmp_path: Path) -> AsyncIterator[Part]:
    """Ends as soon as it has started, and is started again without delay."""
    launch = Launch("part", (sys.executable, "-I", "-S", "-c", CRASHING), tmp_path / "log")
    made = Part(launch, always, lambda _line: None, Backoff(first=0.001, last=0.001))
    yield made
    await made.stop()


async def test_a_part_may_crash_fifty_times_in_a_row_without_being_waited_for(
    crashing: Part,
) -> None:
    """With the usual delays that would take eight minutes."""
    await crashing.start()
    await eventually(lambda: crashing.starts > 50, within=30)


async def test_the_next_start_sees_what_was_changed(crashing: Part) -> None:
    """A setting is set and removed while the part lives, for later."""
    crashing.change(CRASH_AT="relay.claimed:1")
    await crashing.start()
    log = crashing.launch.log
    await eventually(lambda: log.read_text().count("relay.claimed:1") >= 2)
    crashing.change(CRASH_AT=None)
    await eventually(lambda: log.read_text().count("None") >= 2)


async def test_a_part_that_is_stopped_by_force_stays_down_until_it_is_started(
    tmp_path: Path,
) -> None:
    """Unlike one that was killed."""
    lines: list[str] = []
    launch = Launch("part", (sys.executable, "-c", OBEDIENT), tmp_path / "log")
    part = Part(launch, always, lines.append)
    await part.start()
    pid = part.pid
    await part.stop(by=signal.SIGKILL)
    assert not part.running
    assert not psutil.pid_exists(pid)
    await part.start()
    await part.stop()
    assert (part.starts, lines) == (2, [])


async def test_a_command_in_front_becomes_the_part(tmp_path: Path) -> None:
    """It keeps the process, so signals and the leash reach the part."""
    before = ("/usr/bin/env", "IN_FRONT=yes")
    argv = (sys.executable, "-c", "import os; print(os.getpid(), os.environ['IN_FRONT'])")
    launch = Launch("part", argv, tmp_path / "log", before=before)
    process = await launch.spawn()
    assert await process.wait() == 0
    assert launch.log.read_text() == f"{process.pid} yes\n"


async def test_a_frozen_part_dies_with_its_parent(tmp_path: Path) -> None:
    """kill -9 of whoever froze it: it is thawed, and hears the signal of its leash."""
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(tmp_path / "log"), OBEDIENT, cwd=ROOT,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert owner.stdout is not None
    child = psutil.Process(int(await owner.stdout.readline()))
    assert child.status() == psutil.STATUS_STOPPED
    owner.kill()
    await owner.wait()
    await eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
