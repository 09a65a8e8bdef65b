"""How a worker ends: at once when something failed, whatever will not let go."""

import signal
import subprocess
import sys
import time

import pytest

from shared.errors import Halt, Invalid
from shared.runtime.worker import reason

STUCK = """
import asyncio, sys
from shared.errors import Unavailable
from shared.runtime.worker import run_worker

async def fails():
    raise Unavailable("the database")

async def clings():
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            pass

sys.exit(asyncio.run(run_worker({"relay": fails, "consumer": clings})))
"""


def test_a_failure_ends_the_process_though_a_part_clings_to_life() -> None:
    """A consumer that cannot stop must not keep the relay and the clock from starting again."""
    done = subprocess.run(
        (sys.executable, "-c", STUCK), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert "relay stopped: the database does not answer (Unavailable at " in done.stderr


CANARY = "Aigul, 0700 000 001"
QUOTES = f"""
import asyncio, sys
from asyncpg import NotNullViolationError
from shared.logging import configure
from shared.runtime.worker import run_worker

async def fails():
    raise NotNullViolationError("null value\\nDETAIL: failing row contains ({CANARY})")

configure("intake", "work")
sys.exit(asyncio.run(run_worker({{"clock": fails}})))
"""


def test_the_last_line_never_quotes_a_row() -> None:
    """PostgreSQL's detail does: type and place are what anybody reads, in the log and beside it."""
    done = subprocess.run(
        (sys.executable, "-c", QUOTES), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert "clock stopped: NotNullViolationError at __main__:" in done.stderr
    assert '"reason": "NotNullViolationError at __main__:' in done.stderr
    assert CANARY not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (None, "ended"),
        (Halt("1000 records are parked"), "1000 records are parked (Halt at ?)"),
        (Invalid("to", f"{CANARY} is no address"), "Invalid at ?"),
    ],
)
def test_what_we_say_ourselves_is_kept_in_words(problem: Exception | None, said: str) -> None:
    """A person reads it; but a refusal repeats what it was given."""
    assert reason(problem) == said


LOOP = """
import asyncio, sys, time
from shared.runtime.worker import run_worker

async def computes():
    while True:
        time.sleep(0.01)

async def writes():
    while True:
        sys.stderr.write("-" * 65536)

async def reads():
    print("working", flush=True)
    await asyncio.to_thread(sys.stdin.readline)

work = {each.__name__: each for each in (computes, writes, reads)}[sys.argv[1]]
sys.exit(asyncio.run(run_worker({"clock": work}, patience=0.4)))
"""


def worker(work: str) -> subprocess.Popen[str]:
    """A worker at work that has little patience with its loop."""
    return subprocess.Popen(
        (sys.executable, "-c", LOOP, work),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_loop_that_stands_still_ends_its_process_and_says_where() -> None:
    """Whatever computes for ever would keep every deadline of this process with it."""
    process = worker("computes")
    told, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "worker.failed" in told
    assert "loop stopped: the event loop has not turned for 0.4 s" in said
    assert "in computes" in said


def test_a_loop_that_waits_for_somebody_to_read_its_log_ends_too() -> None:
    """Nobody reads it: then nobody can be told why, and the process ends all the same."""
    process = worker("writes")
    assert process.wait(timeout=30) == 1
    process.communicate()


def test_a_process_that_was_stopped_for_long_goes_on() -> None:
    """SIGSTOP: the loop had no chance to turn, and is given it."""
    process = worker("reads")
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    for _ in range(3):
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.6)  # longer than its patience, which is what is tried here
        process.send_signal(signal.SIGCONT)
    told, said = process.communicate("go on\n", timeout=30)
    assert "has not turned" not in said
    assert "worker.failed" in told, "it came to the end of its work"
