"""A service's HTTP process alone, with settings of its own, and callers who misbehave."""

import asyncio
import resource
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import psutil

from deploy.local.stack import ROOT, Stack
from deploy.topology import HOST
from tests.support.eventually import eventually

_START = (
    "import resource, runpy; resource.setrlimit(resource.RLIMIT_NOFILE, ({0}, {0}));"
    "runpy.run_module('services.{1}', run_name='__main__', alter_sys=False)"
)
MOST = 64 * 1024
"""Octets of an answer that a caller here reads."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A process that serves, by itself."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def memory(self) -> int:
        """Resident bytes."""
        resident: int = psutil.Process(self.pid).memory_info().rss
        return resident

    async def others_are_answered(self, times: int = 10) -> None:
        """Callers with connections of their own, one after another."""
        for _ in range(times):
            async with httpx.AsyncClient(base_url=self.url, timeout=5) as caller:
                assert (await caller.get("/health/live")).status_code == 200


@asynccontextmanager
async def serving(
    stack: Stack, service: str, files: int = 1024, **settings: object
) -> AsyncIterator[Serving]:
    """``python -m services.<service> serve`` on the stack's database, with so many open files."""
    port = stack.spare_port()
    given = {"http_port": port, **settings}
    own = {f"TIREK_{name.upper()}": str(value) for name, value in given.items()}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _START.format(files, service),
        "serve",
        env=stack.environment(f"{service}.serve") | own,
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    one = Serving(port, child.pid)
    try:
        await eventually(lambda: _lives(one), within=30)
        yield one
        assert child.returncode is None, "it has ended"
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


async def _lives(one: Serving) -> bool:
    async with httpx.AsyncClient(base_url=one.url) as caller:
        try:
            return (await caller.get("/health/live")).is_success
        except httpx.TransportError:
            return False


class Raw:
    """A connection that sends whatever octets it likes, and hears what is answered meanwhile."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.said = b""
        self._reader = reader
        self._hearing = asyncio.create_task(self._hear())

    @classmethod
    async def to(cls, port: int) -> "Raw":
        """Opens it."""
        return cls(*await asyncio.open_connection(HOST, port))

    async def _hear(self) -> None:
        try:
            while piece := await self._reader.read(MOST):
                self.said += piece
        except ConnectionError:
            pass
        self.writer.close()

    async def begun(self) -> bytes:
        """The beginning of an answer, before its end."""
        return await eventually(lambda: self.said)

    async def ended(self, within: float = 10) -> bytes:
        """All that came until the other side ended the connection."""
        await asyncio.wait_for(self._hearing, within)
        return self.said

    async def keep_sending(self, piece: bytes, pause: float = 0) -> int:
        """Sends the piece again and again until the other side ends it; how often it could."""
        times = 0
        try:
            while not self._hearing.done():
                self.writer.write(piece)
                await self.writer.drain()
                times += 1
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
        return times


def flood(port: int, count: int, octets: bytes = b"") -> list[socket.socket]:
    """So many connections at once that send this much, and then nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    opened = [socket.create_connection((HOST, port), timeout=10) for _ in range(count)]
    for one in opened:
        try:
            one.sendall(octets)
        except OSError:  # it had to make room already
            pass
    return opened
