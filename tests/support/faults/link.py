"""A TCP link between a process and what it depends on, which can be broken in several ways.

It runs in this process's event loop. An octet that was taken is never dropped while a connection
lives: what is held back arrives later and in order, as TCP would have it. A connection that was
forgotten is the exception.
"""

import asyncio
import random
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from deploy.local.ports import Route
from deploy.topology import HOST
from tests.support.faults.commits import LostReply, Reply

_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time


@dataclass(frozen=True, slots=True)
class Flaps:
    """A pattern of short breaks, the same for the same seed; ranges are seconds."""

    seed: int
    whole: tuple[float, float] = (0.1, 1.0)
    broken: tuple[float, float] = (0.05, 0.5)
    silent: float = 0.5
    """The share of breaks in which nothing is reset."""


@dataclass(eq=False, slots=True)
class _Connection:
    """One client's connection, and ours to what is behind the link."""

    client: StreamWriter
    task: "asyncio.Task[None]"
    server: StreamWriter | None = None
    reply: Reply | None = None
    """To the COMMIT whose reply is to be lost, if it was sent here."""
    forgets: Callable[[bytes], bool] | None = None
    """With the chunk from its client that this is true of, it is forgotten."""
    forgotten: bool = False

    def hears(self, chunk: bytes) -> bool:
        """Whether a chunk of its client goes on."""
        if self.forgets is not None and self.forgets(chunk):
            self.forgotten = True
        return not self.forgotten

    def reset(self) -> None:
        """Breaks both, with a RST instead of a farewell."""
        for writer in self._writers():
            with suppress(OSError):
                plug: socket.socket = writer.get_extra_info("socket")
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()

    def close(self) -> None:
        """Ends both in peace, after what was written."""
        for writer in self._writers():
            writer.close()

    def _writers(self) -> list[StreamWriter]:
        return [writer for writer in (self.client, self.server) if writer is not None]


@dataclass(slots=True)
class Link:
    """All routes of one link: they break together. Open it with `serving`."""

    routes: tuple[Route, ...]
    delay: float = 0.0
    """Seconds that each chunk takes, in each direction."""
    resets: int = 0
    """Connections that were cut or refused so far."""
    held: int = 0
    """Chunks that came while nothing passed, so far."""
    fronts: list[int] = field(default_factory=list)
    """Where it listens: as in its routes, or where a free port was asked for with 0."""
    _refusing: bool = False
    _passing: asyncio.Event = field(default_factory=asyncio.Event)
    _connections: set[_Connection] = field(default_factory=set)
    _losing: LostReply | None = None

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        """Listens; what is behind may come later, and is refused until then."""
        self._passing.set()
        async with AsyncExitStack() as life:
            life.push_async_callback(self._end)
            for route in self.routes:
                taker = partial(self._pass_on, route.back)
                server = await asyncio.start_server(taker, HOST, route.front)
                life.callback(server.close)
                self.fronts.append(server.sockets[0].getsockname()[1])
            yield self

    # --- faults ----------------------------------------------------------------------------------

    @asynccontextmanager
    async def cut(self) -> AsyncIterator[None]:
        """Every connection is reset, and every new one."""
        self._refusing = True
        self._reset()
        try:
            yield
        finally:
            self._refusing = False

    @asynccontextmanager
    async def blackholed(self) -> AsyncIterator[None]:
        """Nobody hears anything; who connects is taken and hears nothing. Then all is delivered."""
        self._passing.clear()
        try:
            yield
        finally:
            self._passing.set()

    def forget(self, said: Callable[[bytes], bool]) -> None:
        """Connections of now hear nothing any more once they have ``said`` a chunk, for ever.

        As behind a firewall that forgot them: nobody is told, and new connections are whole.
        """
        for connection in self._connections:
            connection.forgets = said

    @asynccontextmanager
    async def slow(self, seconds: float) -> AsyncIterator[None]:
        """Each chunk comes so much later, in each direction."""
        self.delay = seconds
        try:
            yield
        finally:
            self.delay = 0.0

    @asynccontextmanager
    async def flapping(self, flaps: Flaps) -> AsyncIterator[None]:
        """Whole and broken by turns until the block ends."""
        task = asyncio.create_task(self._flap(flaps), name="flapping link")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    @asynccontextmanager
    async def losing_commit_reply(
        self, nth: int = 1, *, silently: bool = False
    ) -> AsyncIterator[LostReply]:
        """PostgreSQL commits the ``nth`` transaction from now, and the client does not hear of it.

        Its connection is reset, or just says no more. Set once: the next commits are answered.
        """
        self._losing = lost = LostReply(nth, silently=silently)
        try:
            yield lost
        finally:
            self._losing = None

    # --- passing on ------------------------------------------------------------------------------

    async def _pass_on(self, port: int, reader: StreamReader, client: StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("called outside a task")
        connection = _Connection(client, task)
        self._connections.add(connection)
        try:
            if not self._refusing:
                await self._passing.wait()
                from_server, connection.server = await asyncio.open_connection(HOST, port)
                if not self._refusing:  # it may have been cut meanwhile
                    await self._both_ways(connection, reader, from_server)
        except OSError:
            pass  # nobody is behind, or somebody has gone: the other side hears of it
        finally:
            self._connections.discard(connection)
            if self._refusing or connection.server is None:
                self.resets += 1
                connection.reset()
            connection.close()

    async def _both_ways(
        self, connection: _Connection, from_client: StreamReader, from_server: StreamReader
    ) -> None:
        pumps = [
            asyncio.create_task(self._requests(connection, from_client)),
            asyncio.create_task(self._replies(connection, from_server)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _requests(self, connection: _Connection, reader: StreamReader) -> None:
        writer = connection.server
        while writer is not None and (chunk := await self._next(reader)):
            if not connection.hears(chunk):
                continue
            if self._losing is not None and self._losing.is_it(chunk):
                connection.reply = Reply(self._losing)
            writer.write(chunk)
            await writer.drain()

    async def _replies(self, connection: _Connection, reader: StreamReader) -> None:
        while chunk := await self._next(reader):
            if connection.forgotten:
                continue
            if connection.reply is not None:
                committed = connection.reply.add(chunk)
                if committed and not connection.reply.lost.silently:
                    connection.reset()
                    return
                if committed is not False:
                    continue  # swallowed
                chunk, connection.reply = connection.reply.octets, None
            connection.client.write(chunk)
            await connection.client.drain()

    async def _next(self, reader: StreamReader) -> bytes:
        chunk = await reader.read(_CHUNK)
        if self.delay:
            await asyncio.sleep(self.delay)
        if chunk and not self._passing.is_set():
            self.held += 1
        await self._passing.wait()
        return chunk

    # --- breaking --------------------------------------------------------------------------------

    def _reset(self) -> None:
        for connection in self._connections:
            self.resets += 1
            connection.reset()

    async def _flap(self, flaps: Flaps) -> None:
        chance = random.Random(flaps.seed)
        while True:
            await asyncio.sleep(chance.uniform(*flaps.whole))
            silent = chance.random() < flaps.silent
            async with self.blackholed() if silent else self.cut():
                await asyncio.sleep(chance.uniform(*flaps.broken))

    async def _end(self) -> None:
        self._refusing = True
        self._passing.set()
        self._reset()
        if tasks := [connection.task for connection in self._connections]:
            await asyncio.wait(tasks)


@asynccontextmanager
async def opened(routes: Mapping[str, Iterable[Route]]) -> AsyncIterator[dict[str, Link]]:
    """All links of a stack, by their names in its variant."""
    links = {name: Link(tuple(each)) for name, each in routes.items()}
    async with AsyncExitStack() as life:
        for link in links.values():
            await life.enter_async_context(link.serving())
        yield links
