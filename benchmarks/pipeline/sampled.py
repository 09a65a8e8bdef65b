"""``python -m benchmarks.pipeline.sampled FILE COMMAND``: a service, watched from inside.

COMMAND is its own, ``python -m services.referral work``, and is run as it stands.

Every two milliseconds of processor time the stack of the running code is noted, and every statement
to PostgreSQL with how long its answer took. Both are written to FILE when the process is told to
stop (SIGUSR1 forgets what was noted so far: a warm-up). A sample costs microseconds, so that what
is measured stays what is run; a tracing profiler would make small functions look like large ones.
"""

import json
import runpy
import signal
import sys
from collections import Counter, defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

import asyncpg

EVERY = 0.002
"""Seconds of processor time between two samples."""
_DEEPEST = 60
_WHITE = str.maketrans(dict.fromkeys("\n\t", " "))


class Samples:
    """Stacks by how often they were seen, and statements by how often and how long."""

    def __init__(self) -> None:
        self.stacks: Counter[tuple[str, ...]] = Counter()
        self.statements: defaultdict[str, list[float]] = defaultdict(lambda: [0, 0.0])

    def forget(self, *_signal: object) -> None:
        """Begins anew."""
        self.stacks.clear()
        self.statements.clear()

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """Notes where the code is: innermost first."""
        stack: list[str] = []
        while frame is not None and len(stack) < _DEEPEST:
            code = frame.f_code
            stack.append(f"{code.co_filename}:{code.co_qualname}")
            frame = frame.f_back
        self.stacks[tuple(stack)] += 1

    def asked(self, query: Any) -> None:
        """Notes a statement; asyncpg calls this after each."""
        seen = self.statements[" ".join(query.query.translate(_WHITE).split())]
        seen[0] += 1
        seen[1] += query.elapsed

    def write(self, path: Path) -> None:
        """Everything, for `profile`."""
        stacks = [[list(stack), count] for stack, count in self.stacks.items()]
        path.write_text(json.dumps({"stacks": stacks, "statements": self.statements}))


def main(file: str, _python: str, _m: str, module: str, *arguments: str) -> None:
    """Runs the module as ``python -m`` would, under watch."""
    samples = Samples()
    made = asyncpg.Connection.__init__

    def watched(connection: asyncpg.Connection, *given: Any, **named: Any) -> None:
        made(connection, *given, **named)
        connection.add_query_logger(samples.asked)

    asyncpg.Connection.__init__ = watched  # type: ignore[assignment, method-assign]  # the purpose
    # uvicorn stops in peace and then hands the signal on: what was noted must be written still
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGUSR1, samples.forget)
    signal.signal(signal.SIGPROF, samples.take)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        samples.write(Path(file))


if __name__ == "__main__":
    main(*sys.argv[1:])
