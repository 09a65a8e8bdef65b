"""Children: watched, started again, stopped for certain, and never left behind."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from deploy.errors import StackError
from deploy.local.processes import Launch, Part
from tests.support.eventually import eventually

FOREVER = "import signal\nprint('up', flush=True)\nwhile True: signal.pause()"


class Stage:
    """Makes parts of small programs and keeps what they reported."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.lines: list[str] = []
        self.parts: list[Part] = []

    def part(self, program: str, *, patience: float = 5.0) -> Part:
        """A part that is ready when it has printed ``up``."""
        launch = Launch("part", (sys.executable, "-c", program), self.log, patience=patience)
        made = Part(launch, self.printed, self.lines.append)
        self.parts.append(made)
        return made

    async def printed(self) -> bool:
        """The probe."""
        return "up" in self.log.read_text()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Everything that was started is ended."""
    made = Stage(tmp_path)
    yield made
    for part in made.parts:
        await part.stop()


def gone(pid: int) -> Callable[[], bool]:
    """A probe: the process is no more, or only waits to be collected."""

    def probe() -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return probe


async def test_what_is_killed_comes_back_and_is_told_in_one_line(stage: Stage) -> None:
    """With another process, and the name of the signal."""
    part = stage.part(FOREVER)
    await part.start()
    first = part.pid
    await part.kill()
    await part.ready()
    assert part.pid != first
    assert part.starts == 2
    assert stage.lines == [
        f"part was killed by SIGKILL: starting it again in 0.25 s (log {stage.log})"
    ]


async def test_what_is_stopped_stays_down_without_a_word(stage: Stage) -> None:
    """And can be started again."""
    part = stage.part(FOREVER)
    await part.start()
    await part.stop()
    assert not part.running
    await part.start()
    assert part.running
    assert stage.lines == []


async def test_what_cannot_start_says_why(stage: Stage) -> None:
    """Its exit code and the last line of its log; nothing keeps trying."""
    part = stage.part("import sys; sys.exit('TIREK_KAFKA is missing')")
    with pytest.raises(StackError) as told:
        await part.start()
    assert str(told.value) == (
        f"part ended with code 1 before it was ready; log {stage.log}: TIREK_KAFKA is missing"
    )
    assert part.starts == 1


async def test_what_never_gets_ready_is_ended(stage: Stage) -> None:
    """After its time, in one line."""
    part = stage.part("import signal; signal.pause()")
    with pytest.raises(StackError, match=r"part was not ready in 0 s; log"):
        await part.start(within=0.2)
    assert not part.running


async def test_what_does_not_listen_is_killed_after_its_patience(stage: Stage) -> None:
    """Stopping always ends."""
    part = stage.part(f"import signal; signal.signal(15, signal.SIG_IGN)\n{FOREVER}", patience=0.3)
    await part.start()
    await part.stop()
    assert not part.running
    assert stage.lines == ["part did not stop in 0 s: killed"]


async def test_a_task_that_fails_or_hangs_is_told(stage: Stage) -> None:
    """Migrations, for instance."""
    failing = Launch("task", (sys.executable, "-c", "import sys; sys.exit('no table')"), stage.log)
    with pytest.raises(StackError, match=r"task ended with code 1; log .*: no table"):
        await failing.run(within=10)
    hanging = Launch("task", (sys.executable, "-c", FOREVER), stage.log)
    with pytest.raises(StackError, match=r"task was not done in 0 s"):
        await hanging.run(within=0.3)


async def test_what_a_task_started_goes_with_it(stage: Stage) -> None:
    """Initdb runs a server of its own, which must not hold the folder when that is removed."""
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)"
    )
    task = asyncio.create_task(
        Launch("task", (sys.executable, "-c", program), stage.log).run(within=60)
    )

    async def said() -> bool:
        return stage.log.exists() and stage.log.read_text().endswith("\n")

    await eventually(said)
    child = psutil.Process(int(stage.log.read_text()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


async def test_a_part_does_not_see_our_environment(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What configures us by accident does not configure it."""
    monkeypatch.setenv("TIREK_KAFKA", "somewhere else")
    part = stage.part(f"import os; print(sorted(os.environ), flush=True)\n{FOREVER}")
    await part.start()
    assert "TIREK" not in stage.log.read_text()


async def test_kill_9_of_the_owner_leaves_nothing_behind(tmp_path: Path) -> None:
    """The kernel ends the children of a stack that could not."""
    owner = f"""
import asyncio, pathlib, sys
from deploy.local.processes import Launch
async def main():
    argv = (sys.executable, "-c", {FOREVER!r})
    launches = [Launch(f"part{{n}}", argv, pathlib.Path(sys.argv[1])) for n in range(3)]
    started = [await launch.spawn() for launch in launches]
    print(*(each.pid for each in started), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", owner, str(tmp_path / "log"), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    children = [int(pid) for pid in (await process.stdout.readline()).split()]
    await eventually(lambda: (tmp_path / "log").read_text().count("up") == 3)
    process.kill()
    await process.wait()
    for child in children:
        await eventually(gone(child))


async def test_a_part_is_in_a_session_of_its_own(stage: Stage) -> None:
    """Ctrl-C in the terminal reaches the stack alone, which stops its parts in order."""
    part = stage.part(FOREVER)
    await part.start()
    assert os.getsid(part.pid) == part.pid != os.getsid(0)


async def test_memory_is_told_while_it_runs(stage: Stage) -> None:
    """In bytes; nothing when it is down."""
    part = stage.part(FOREVER)
    await part.start()
    assert 1_000_000 < part.memory() < 100_000_000
    await part.stop()
    assert part.memory() == 0
