"""How a worker ends: at once when something failed, whatever will not let go."""

import subprocess
import sys

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
