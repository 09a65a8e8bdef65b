"""Partitions by the kernel: packets of one part, known by its group id, do not get through.

The harder sibling of link.py: TCP itself resends and gives up, as over a real network. The packets
of the part alone are concerned; what is sent to it still arrives.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.faults.missing import Missing

_FIRST = 20_001
_TOOLS = ("iptables", "ip", "setpriv")


def member(index: int) -> tuple[str, ...]:
    """For `Variant.before`: the part has a group id of its own, and the leash of every part."""
    return (_tool("setpriv"), f"--regid={_FIRST + index}", "--clear-groups", "--pdeathsig=KILL")


def why_not() -> str | None:
    """Why no partition can be made here, in one line."""
    if os.geteuid() != 0:
        return "partitions by the kernel need root"
    for tool in _TOOLS:
        if shutil.which(tool) is None:
            return f"partitions by the kernel need {tool}"
    if _namespace("self") in {None, _namespace("1")}:
        return "partitions by the kernel need a network namespace of our own: unshare -n"
    return None


def loopback_up() -> None:
    """A new namespace has nothing but a loopback device that is down. Raises `Missing`."""
    _refuse()
    _run("ip", "link", "set", "lo", "up")


@contextmanager
def dropping(index: int, *ports: int, share: float = 1.0) -> Iterator[None]:
    """Packets of member ``index`` to these ports vanish: all of them, or a share by chance."""
    with _rule(index, ports, share, "DROP"):
        yield


@contextmanager
def rejecting(index: int, *ports: int, share: float = 1.0) -> Iterator[None]:
    """Packets of member ``index`` to these ports are answered by a reset."""
    with _rule(index, ports, share, "REJECT", "--reject-with", "tcp-reset"):
        yield


@contextmanager
def _rule(index: int, ports: tuple[int, ...], share: float, *verdict: str) -> Iterator[None]:
    _refuse()
    rule = ["OUTPUT", "-o", "lo", "-p", "tcp"]
    rule += ["-m", "multiport", "--dports", ",".join(map(str, ports))]
    rule += ["-m", "owner", "--gid-owner", str(_FIRST + index)]
    if share < 1.0:
        rule += ["-m", "statistic", "--mode", "random", "--probability", str(share)]
    rule += ["-j", *verdict]
    _run("iptables", "-w", "-A", *rule)
    try:
        yield
    finally:
        _run("iptables", "-w", "-D", *rule)


def _refuse() -> None:
    """Never in the namespace of the machine, whose rules are not ours."""
    if (reason := why_not()) is not None:
        raise Missing(reason)


def _namespace(process: str) -> str | None:
    try:
        return str(Path(f"/proc/{process}/ns/net").readlink())
    except OSError:
        return None


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Missing(f"partitions by the kernel need {name}")
    return found


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20)
