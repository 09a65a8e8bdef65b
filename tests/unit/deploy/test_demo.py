"""``make demo`` as a command: how it ends, and what its switches do."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.stack import ROOT

WITHOUT_A_STACK = """
import asyncio, sys
from contextlib import asynccontextmanager
from deploy.local import demo
from deploy.local.errors import StackError

@asynccontextmanager
async def opened(*_given):
    {instead}
    yield

demo.opened = opened
sys.exit(demo.main())
"""


def make_demo(folder: Path, instead: str) -> subprocess.Popen[str]:
    """``make demo`` in a process group of its own, with something else instead of the stack."""
    program = folder / "demo.py"
    program.write_text(WITHOUT_A_STACK.format(instead=instead))
    # -o: what is installed is taken for up to date, whatever its time stamp says
    return subprocess.Popen(
        ["make", "-o", ".tirek/venv/installed", "demo", f"RUN={sys.executable} {program}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.timeout(60)
def test_ctrl_c_ends_it_without_a_complaint_of_make(tmp_path: Path) -> None:
    """As a terminal does it: the signal goes to make and to the demo. One line, of the demo."""
    with make_demo(tmp_path, "print('up', flush=True); await asyncio.Event().wait()") as demo:
        assert demo.stdout is not None
        assert demo.stdout.readline() == "up\n"
        os.killpg(demo.pid, signal.SIGINT)
        said = demo.communicate()
    assert said == ("", "demo: stopped; nothing is left running\n")


def test_a_start_that_fails_fails_make(tmp_path: Path) -> None:
    """With the reason in one line before make's own."""
    with make_demo(tmp_path, "raise StackError('port 8101 is in use')") as demo:
        said = demo.communicate()[1].splitlines()
    assert said[0] == "demo: port 8101 is in use"
    assert demo.returncode == 2
