"""Which ports a stack takes: those of the table, or free ones that no other stack takes."""

import os
import random
import socket
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from deploy.errors import StackError
from deploy.provision.state_lock import try_lock
from deploy.topology import HOST, PORTS, Port

Mode = Literal["default", "free"]
_POOL = range(20_000, 32_000)
"""Below the ports the kernel hands out by itself, so that no client of somebody's sits on one."""
_HIGHEST = 65_535


class Ports:
    """The numbers by name. Free ones stay ours until `release`, in other checkouts too."""

    def __init__(self, numbers: dict[str, int], held: list[int]) -> None:
        self.numbers = numbers
        self._held = held

    @classmethod
    def choose(
        cls, mode: Mode, used: Iterable[str], environ: Mapping[str, str] = os.environ
    ) -> "Ports":
        """A number for every port; those ``used`` are checked, or kept for us if ``free``.

        Raises `StackError` naming the port, its setting and, if it can be known, its holder.
        """
        if mode == "free":
            return cls._free()
        numbers = {name: _configured(port, environ) for name, port in PORTS.items()}
        taken: dict[int, str] = {}
        for name in used:
            number, setting = numbers[name], PORTS[name].setting
            if number in taken:
                raise StackError(f"{taken[number]} and {setting} are both {number}: choose two")
            taken[number] = setting
            if not _bindable(number):
                raise StackError(_in_use(PORTS[name], number))
        return cls(numbers, [])

    @classmethod
    def _free(cls) -> "Ports":
        ports = cls({}, [])
        try:
            ports.numbers |= {name: ports.another() for name in PORTS}
        except StackError:
            ports.release()
            raise
        return ports

    def another(self) -> int:
        """One more free port, which is no name of the table; raises `StackError`."""
        for number in random.sample(_POOL, len(_POOL)):
            if (held := _reserve(number)) is not None:
                self._held.append(held)
                return number
        raise StackError(f"no free port between {_POOL.start} and {_POOL.stop}")

    def release(self) -> None:
        """Lets others have them."""
        while self._held:
            os.close(self._held.pop())


def _configured(port: Port, environ: Mapping[str, str]) -> int:
    text = environ.get(port.setting, str(port.number))
    if not text.isdecimal() or not 0 < int(text) <= _HIGHEST:
        raise StackError(f"{port.setting}={text} is no port: give a number from 1 to {_HIGHEST}")
    return int(text)


def _bindable(number: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # as the servers themselves do: connections that are only fading away do not count
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return False
    return True


def _reserve(number: int) -> int | None:
    folder = Path(tempfile.gettempdir()) / f"tirek-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    fd = os.open(folder / str(number), os.O_RDWR | os.O_CREAT, 0o600)
    if try_lock(fd) and _bindable(number):
        return fd
    os.close(fd)
    return None


def _in_use(port: Port, number: int) -> str:
    return (
        f"port {number} ({port.what}) is in use{_holder(number)}: "
        f"stop that, or choose another with {port.setting}"
    )


def _holder(number: int) -> str:
    try:
        for each in psutil.net_connections("tcp"):
            listens = each.status == psutil.CONN_LISTEN
            if listens and each.laddr and each.laddr.port == number and each.pid:
                return f" by {psutil.Process(each.pid).name()} (pid {each.pid})"
    except psutil.Error:
        return ""  # other people's processes are not ours to see
    return ""


@dataclass(frozen=True, slots=True)
class Route:
    """One hop of a link: whoever breaks it listens at ``front`` and passes on to ``back``."""

    front: int
    back: int
