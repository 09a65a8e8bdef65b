"""CRASH_AT: a process dies at its point by SIGKILL, and no other process can be told to."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared import crash
from shared.crash import Point
from shared.settings import SettingsError

ROOT = Path(__file__).parents[3]
LIFE = """
import os
from shared import crash
crash.arm(os.environ)
for passing in (1, 2, 3):
    print(passing, flush=True)
    crash.passing("relay.after-claim")
    crash.passing("relay.after-ack")
"""


def live(**environment: str) -> subprocess.CompletedProcess[str]:
    """A process that passes two points three times each."""
    argv = (sys.executable, "-c", LIFE)
    return subprocess.run(
        argv, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )


def test_it_dies_the_nth_time_that_it_passes() -> None:
    """Nothing is flushed, and nothing said but where: kill -9."""
    done = live(CRASH_AT="relay.after-claim:2", TIREK_ENV="test")
    assert done.stderr == crash.last_word(Point.RELAY_AFTER_CLAIM)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "1\n2\n")


def test_who_is_told_nothing_lives() -> None:
    """No point costs a process anything that is not told to die there."""
    done = live(TIREK_ENV="production")
    assert (done.returncode, done.stdout) == (0, "1\n2\n3\n")


@pytest.mark.parametrize("environment", ["production", "demo", ""])
def test_only_a_test_may_ask_for_it(environment: str) -> None:
    """Whoever starts with it elsewhere does not start."""
    with pytest.raises(SettingsError, match="TIREK_ENV must be test"):
        crash.arm({"CRASH_AT": "relay.after-ack:1", "TIREK_ENV": environment})


@pytest.mark.parametrize("asked", ["", "relay.after-ack", "relay.after-ack:0", "no.such-point:1"])
def test_what_is_no_point_is_refused(asked: str) -> None:
    """A typing error must not look like a promise that held; the line names the points."""
    with pytest.raises(SettingsError, match=re.escape(Point.CLOCK_CLAIMED)):
        crash.arm({"CRASH_AT": asked, "TIREK_ENV": "test"})


def test_every_point_is_passed_somewhere() -> None:
    """A point that no code passes would be attacked in vain."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("shared", "services")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "crash.py"
    )
    named = {point for point in Point if f"Point.{point.name}" in code}
    by_service = {point for point in Point if point.endswith((".before-commit", ".after-commit"))}
    assert named | by_service == set(Point)
    assert ".before-commit" in code
    assert ".after-commit" in code
