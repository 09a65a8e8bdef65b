"""``python -m tests.support.faults``: which machines work here, each tried once, small.

``python -m tests.support.faults partition`` is one of the trials, inside a namespace of its own.
Exit code 0 when all work.
"""

import errno
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import time

from deploy.topology import HOST
from tests.support.faults import groups
from tests.support.faults.clocks import faked
from tests.support.faults.disks import small_disk
from tests.support.faults.missing import Missing

_ASK = "import time; print(time.time())"
_CONNECT = """
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=1).close()
    print("connected")
except TimeoutError:
    print("silence")
except ConnectionRefusedError:
    print("reset")
"""


def disk(folder: Path) -> None:
    """A tmpfs fills up and has room again."""
    with small_disk(folder / "disk", megabytes=1) as mounted:
        file = mounted.folder / "file"
        with mounted.full():
            try:
                file.write_bytes(b"x" * 10_000)
            except OSError as problem:
                if problem.errno != errno.ENOSPC:
                    raise
            else:
                raise Missing("a full tmpfs took more")
        file.write_bytes(b"x" * 10_000)


def clock(folder: Path) -> None:
    """A process started under it sees a time that jumps."""
    fake = faked(folder / "clock")
    for hours in (-3, 5):
        fake.set(timedelta(hours=hours))
        said = subprocess.run(
            (sys.executable, "-c", _ASK), env=fake.environment, capture_output=True, check=True
        )
        if abs(float(said.stdout) - time() - 3600 * hours) > 60:
            raise Missing("libfaketime is there, but the time did not jump")


def partition(_folder: Path) -> None:
    """The same command again, in a network namespace."""
    if groups.why_not() is None:
        _partition()
        return
    try:
        again = ("unshare", "-n", sys.executable, "-m", "tests.support.faults", "partition")
        tried = subprocess.run(again, capture_output=True, text=True, timeout=60, check=False)
    except FileNotFoundError:
        raise Missing("partitions by the kernel need unshare") from None
    if tried.returncode != 0:
        raise Missing((tried.stderr or tried.stdout).strip().splitlines()[-1])


def _partition() -> None:
    groups.loopback_up()
    with closing(socket.create_server((HOST, 0))) as server:
        port = server.getsockname()[1]

        def said(index: int) -> str:
            command = (*groups.member(index), sys.executable, "-c", _CONNECT, str(port))
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout

        seen = [said(1)]
        with groups.dropping(1, port):
            seen += [said(1), said(2)]
        with groups.rejecting(1, port):
            seen += [said(1), said(2)]
        seen.append(said(1))
    expected = ["connected", "silence", "connected", "reset", "connected", "connected"]
    if [each.strip() for each in seen] != expected:
        raise Missing(f"iptables is there, but its rules did not do what they say: {seen}")


TRIALS: dict[str, Callable[[Path], None]] = {
    "full disk": disk,
    "jumping clock": clock,
    "kernel partition": partition,
}


def main(*wanted: str) -> int:
    """One line a machine."""
    if wanted == ("partition",):
        _partition()
        return 0
    sys.stdout.write("works  what needs Python alone, see make test\n")
    failed = 0
    for name, trial in TRIALS.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                trial(Path(folder))
            except Missing as problem:
                failed += 1
                sys.stdout.write(f"no     {name}: {problem}\n")
            else:
                sys.stdout.write(f"works  {name}\n")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
