"""How a worker ends: at once when something failed, whatever will not let go."""

import signal
import subprocess
import sys
import time

STUCK = """
import asyncio, sys
from shared.worker import run_worker

async def fails():
    raise RuntimeError("the database is away")

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
    assert "relay stopped: the database is away" in done.stderr


BLOCKED = """
import asyncio, sys
from shared import watchdog
from shared.worker import run_worker

watchdog.SECOND_CHANCE = float(sys.argv[2])

async def computes():
    await asyncio.sleep(0)
    print("working", flush=True)
    sys.stdin.readline()

sys.exit(asyncio.run(run_worker({"clock": computes}, float(sys.argv[1]))))
"""


def blocked(patience: float, second_chance: float) -> subprocess.Popen[str]:
    """A worker whose loop stands still until it is given a line."""
    return subprocess.Popen(
        (sys.executable, "-c", BLOCKED, str(patience), str(second_chance)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_loop_that_stands_still_ends_its_process_and_says_where() -> None:
    """Whatever computes for ever would keep every deadline of this process with it."""
    process = blocked(0.3, 0.3)
    assert process.wait(timeout=30) == 1
    _, said = process.communicate()
    assert "the event loop has not turned" in said
    assert "in computes" in said


def test_a_process_that_was_stopped_for_long_goes_on() -> None:
    """SIGSTOP, a suspended machine: the loop had no chance to turn, and gets it."""
    process = blocked(0.5, 60)
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    process.send_signal(signal.SIGSTOP)
    since = time.monotonic()
    while time.monotonic() - since < 1.5:  # longer than its patience
        assert process.poll() is None
    process.send_signal(signal.SIGCONT)
    told, said = process.communicate("go on\n", timeout=30)
    assert "has not turned" not in said
    assert "worker.failed" in told, "it came to the end of its work"
