"""Children of the stack: started on a leash, watched, started again when they die, stopped.

Each runs in a session of its own, so that Ctrl-C reaches the stack alone, and writes to a log file
of its own. What kills a part is told in one line.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Protocol

import psutil

from deploy.errors import StackError
from deploy.provision.probes import Probe, until

Report = Callable[[str], None]
"""Takes one clear line for a person."""

_LEASH = str(Path(__file__).with_name("leash.py"))


class Child(Protocol):
    """What a `Launch` has started, as asyncio's own processes are."""

    @property
    def pid(self) -> int:
        """On this machine."""

    @property
    def returncode(self) -> int | None:
        """None while it lives; minus the signal that killed it."""

    async def wait(self) -> int:
        """Its return code, once it has ended."""

    def kill(self) -> None:
        """SIGKILL."""

    def send_signal(self, signal: int, /) -> None:
        """Raises `ProcessLookupError` when it has ended."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a part that died waits for its next start, in seconds; doubles up to ``last``."""

    first: float = 0.25
    last: float = 10.0
    settled: float = 30.0
    """A part that lived so long starts again without the delay of earlier deaths."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a part. ``account`` is the user id to become; ``fds`` are inherited."""

    name: str
    argv: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: int | None = None
    fds: tuple[int, ...] = ()
    before: tuple[str, ...] = ()
    """A command that becomes the part's own, and is its parent at no time: ``setpriv ...``."""
    stop_with: signal.Signals = signal.SIGTERM
    die_with: signal.Signals = signal.SIGKILL
    """What the kernel sends when the stack itself dies."""
    patience: float = 12.0
    """From the stop signal to SIGKILL, in seconds."""

    async def spawn(self) -> Child:
        """Starts it. From the main thread only: the leash holds while that very thread lives."""
        if threading.current_thread() is not threading.main_thread():
            raise StackError("a stack is started from the main thread")
        account = "-" if self.account is None else str(self.account)
        leash = (sys.executable, "-I", "-S", _LEASH, str(int(self.die_with)), account)
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *leash,
                str(os.getpid()),
                *self.before,
                *self.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                cwd=Path(__file__).parents[2],
                start_new_session=True,
                pass_fds=self.fds,
            )

    async def run(self, within: float) -> None:
        """Runs it to its end; raises `StackError` unless that is in time and in peace."""
        process = await self.spawn()
        try:
            async with asyncio.timeout(within):
                code = await process.wait()
        except TimeoutError:
            raise StackError(f"{self.name} was not done in {within:.0f} s; {self.clue()}") from None
        finally:
            if process.returncode is None:
                await _end_family(process)
        if code != 0:
            raise StackError(f"{self.name} {_ending(code)}; {self.clue()}")

    def clue(self) -> str:
        """Where to look, with the log's last line."""
        text = self.log.read_bytes()[-2000:].decode(errors="replace") if self.log.exists() else ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return f"log {self.log}" + (f": {lines[-1][:300]}" if lines else "")


async def _end_family(process: Child) -> None:
    """Kills a process and what it started, as initdb its servers; returns when they are gone."""
    with suppress(ProcessLookupError, TimeoutError):
        os.killpg(process.pid, signal.SIGKILL)  # it leads a session of its own
        await process.wait()
        async with asyncio.timeout(5):
            while True:  # nobody can wait for a grandchild, only ask
                os.killpg(process.pid, 0)
                await asyncio.sleep(0.01)


class Part:
    """One process that stays up until `stop`. `kill` is for tests: it comes back by itself."""

    def __init__(
        self, launch: Launch, probe: Probe, report: Report, backoff: Backoff | None = None
    ) -> None:
        self.launch = launch
        """What the next start does; tests may replace it."""
        self.starts = 0
        self._probe = probe
        self._report = report
        self._backoff = backoff or Backoff()
        self._process: Child | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """The part's name in the topology."""
        return self.launch.name

    @property
    def running(self) -> bool:
        """Whether its process lives; it may not be ready yet."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """Of the running process; raises `StackError` when there is none."""
        if self._process is None or self._process.returncode is not None:
            raise StackError(f"{self.name} is not running")
        return self._process.pid

    async def start(self, within: float = 30.0) -> None:
        """Starts it and waits until it is ready; raises `StackError` and leaves nothing behind."""
        if self._watch is not None:
            raise StackError(f"{self.name} is started already")
        self._process = await self._spawn()
        try:
            await self._first_ready(within)
        except BaseException:
            await self._end()
            raise
        self._watch = asyncio.create_task(self._supervise(), name=f"supervise {self.name}")

    async def _first_ready(self, within: float) -> None:
        async def ready_or_dead() -> bool:
            return not self.running or await self._probe()

        in_time = await until(ready_or_dead, within)
        if self._process is not None and self._process.returncode is not None:
            raise StackError(
                f"{self.name} {_ending(self._process.returncode)} before it was ready; "
                f"{self.launch.clue()}"
            )
        if not in_time:
            raise StackError(f"{self.name} was not ready in {within:.0f} s; {self.launch.clue()}")

    async def answers(self) -> bool:
        """Whether it runs and is ready now."""
        return self.running and await self._probe()

    async def ready(self, within: float = 30.0) -> None:
        """Waits until it runs and answers, for instance after a `kill`; raises `StackError`."""

        if not await until(self.answers, within):
            raise StackError(f"{self.name} was not ready in {within:.0f} s; {self.launch.clue()}")

    def change(self, **environment: str | None) -> None:
        """Sets, or with None removes, what the next start sees of the environment."""
        merged = {**self.launch.environment, **environment}
        kept = {name: value for name, value in merged.items() if value is not None}
        self.launch = replace(self.launch, environment=kept)

    async def stop(self, by: signal.Signals | None = None) -> None:
        """Ends it in peace (or ``by`` another signal), by force after its patience; stays down."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
            self._watch = None
        await self._end(by)

    async def kill(self) -> None:
        """``kill -9``, as a crash would: whoever watches starts it again."""
        process = self._process
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def restart(self, within: float = 30.0, by: signal.Signals | None = None) -> None:
        """Stops and starts it."""
        await self.stop(by)
        await self.start(within)

    def memory(self) -> int:
        """Resident bytes of its process and all their children; shared pages count once."""
        try:
            first = psutil.Process(self.pid)
            return sum(_resident(each) for each in (first, *first.children(recursive=True)))
        except (psutil.NoSuchProcess, StackError):
            return 0

    async def _spawn(self) -> Child:
        self.starts += 1
        return await self.launch.spawn()

    async def _end(self, by: signal.Signals | None = None) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(by or self.launch.stop_with)
        try:
            async with asyncio.timeout(self.launch.patience):
                await process.wait()
        except TimeoutError:
            self._report(f"{self.name} did not stop in {self.launch.patience:.0f} s: killed")
            process.kill()
            await process.wait()

    async def _supervise(self) -> None:
        delay = self._backoff.first
        while self._process is not None:
            born = monotonic()
            code = await self._process.wait()
            if monotonic() - born > self._backoff.settled:
                delay = self._backoff.first
            self._report(
                f"{self.name} {_ending(code)}: starting it again in {delay:g} s "
                f"(log {self.launch.log})"
            )
            await asyncio.sleep(delay)
            delay = min(2 * delay, self._backoff.last)
            self._process = await self._spawn()


def _ending(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def _resident(process: psutil.Process) -> int:
    try:
        # proportional: a page that n processes share counts 1/n for each
        return int(getattr(process.memory_full_info(), "pss", 0)) or int(process.memory_info().rss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
