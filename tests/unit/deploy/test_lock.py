"""One stack a state folder, and none beside the remains of another."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.errors import StackError
from deploy.provision.state_lock import StateLock


def test_a_second_stack_in_one_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    """It says which folder, and who uses it."""
    first = StateLock(tmp_path)
    first.acquire()
    with pytest.raises(StackError) as told:
        StateLock(tmp_path).acquire()
    first.release()
    assert str(told.value) == (
        f"{tmp_path} is in use by another stack (pid {os.getpid()}): stop that one first"
    )


def test_a_released_folder_is_free(tmp_path: Path) -> None:
    """At once, and two folders never meet."""
    first, other = StateLock(tmp_path / "a"), StateLock(tmp_path / "b")
    first.acquire()
    other.acquire()
    first.release()
    again = StateLock(tmp_path / "a")
    again.acquire()
    again.release()
    other.release()


def test_the_folder_stays_locked_until_the_last_process_has_gone(tmp_path: Path) -> None:
    """A stack whose owner was killed may still be dying: a new one waits for the last of it."""
    owner = "from deploy.provision.state_lock import StateLock; import sys, subprocess, pathlib\n"
    owner += "lock = StateLock(pathlib.Path(sys.argv[1])); lock.acquire()\n"
    owner += "subprocess.Popen(['cat'], pass_fds=[lock.fd], stdin=sys.stdin)"
    part = subprocess.Popen([sys.executable, "-c", owner, str(tmp_path)], stdin=subprocess.PIPE)
    part.wait()  # the owner has gone; its child holds on until its input ends
    with pytest.raises(StackError):
        StateLock(tmp_path, patience=0).acquire()
    assert part.stdin is not None
    part.stdin.close()
    lock = StateLock(tmp_path)
    lock.acquire()
    lock.release()
