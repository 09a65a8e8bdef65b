"""Connections of every HTTP server: the worker's too, and a caller who does not read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from signal import SIGTERM

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from deploy.topology import HOST
from shared.runtime import connections
from shared.runtime.connections import Connection
from shared.runtime.ends import Ends
from shared.runtime.health import Health
from shared.runtime.http_server import server
from shared.runtime.sockets import listening
from shared.runtime.worker import health_app
from tests.support.eventually import eventually
from tests.support.serving import Raw

SHORT = Ends(header_time=0.2, body_time=0.2, idle_time=1, answer_time=0.5, connections=8)
ASKED = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """The port of a server of ``app`` with short ends."""
    with listening(HOST, 0) as listener:
        own = server(app, SHORT)
        running = asyncio.create_task(own._serve(sockets=[listener]))
        await eventually(lambda: own.started)
        yield listener.getsockname()[1]
        own.handle_exit(SIGTERM, None)
        await running


@pytest.mark.parametrize(
    ("octets", "answer"),
    [
        (b"", b""),
        (ASKED, b"HTTP/1.1 408"),
        (ASKED + b"Content-Length: 5\r\n\r\n", b"HTTP/1.1 200"),
        (b"POST" + ASKED[3:] + b"Content-Length: 5\r\n\r\nab", b"HTTP/1.1 405"),
        (ASKED + b"\r\n", b"HTTP/1.1 200"),
        (ASKED + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", b"HTTP/1.1 200"),
    ],
    ids=["nothing", "half a head", "no body", "half a body", "no more", "upgrade"],
)
async def test_a_worker_s_connections_end_too(octets: bytes, answer: bytes) -> None:
    """Its server tells of its health alone, and takes no body at all."""
    async with served(health_app(Health())) as port:
        raw = await Raw.to(port)
        raw.writer.write(octets)
        said = await raw.ended()
        assert said.startswith(answer)
        assert said.count(b"HTTP/1.1") == bool(answer)


async def test_an_endless_body_that_nobody_reads_ends(port_of: int) -> None:
    """Also where the application has answered without it, and the connection would be kept."""
    raw = await Raw.to(port_of)
    raw.writer.write(ASKED + b"Transfer-Encoding: chunked\r\n\r\n")
    await asyncio.wait_for(raw.keep_sending(b"4000\r\n" + b" " * 0x4000 + b"\r\n"), 10)
    assert (await raw.ended()).startswith(b"HTTP/1.1 200")


async def test_who_does_not_read_is_not_waited_for() -> None:
    """What was written for them is given up, and the connection with it."""
    app, left = FastAPI(), asyncio.Event()

    @app.get("/health/live")
    async def live() -> Response:
        return Response(bytes(32 * 1024 * 1024))

    async with served(app) as port:
        reader, writer = await asyncio.open_connection(HOST, port, limit=1024)
        writer.write(ASKED + b"\r\n")
        await reader.readline()
        writer.transport.pause_reading()  # type: ignore[attr-defined]

        async def hung_up() -> None:
            while not writer.is_closing():
                writer.write(b"\r\n")
                await asyncio.sleep(0.05)
            left.set()

        await asyncio.wait_for(hung_up(), 10)
    assert left.is_set()


@pytest.fixture
async def port_of() -> AsyncIterator[int]:
    """A worker's server."""
    async with served(health_app(Health())) as port:
        yield port


async def test_who_has_the_whole_answer_may_ask_again_before_we_have_ended_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An answer of a known length is whole for its reader before the application has said so."""
    app, goes_on, came = FastAPI(), asyncio.Event(), asyncio.Event()
    received = Connection.data_received

    def heard(self: Connection, data: bytes) -> None:
        received(self, data)
        if b"close" in data:
            came.set()

    monkeypatch.setattr(Connection, "data_received", heard)

    @app.middleware("http")
    async def slow_to_end(request: Request, call_next: RequestResponseEndpoint) -> Response:
        answer = await call_next(request)
        pieces = answer.body_iterator  # type: ignore[attr-defined]

        async def ending() -> AsyncIterator[bytes]:
            async for piece in pieces:
                yield piece
            await goes_on.wait()

        answer.body_iterator = ending()  # type: ignore[attr-defined]
        return answer

    @app.get("/health/live")
    async def live() -> str:
        return "here"

    async with served(app) as port:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(ASKED + b"\r\n")
        await asyncio.wait_for(reader.readuntil(b'"here"'), 5)
        writer.write(ASKED + b"Connection: close\r\n\r\n")
        await asyncio.wait_for(came.wait(), 5)
        goes_on.set()
        assert (await asyncio.wait_for(reader.read(), 5)).count(b"HTTP/1.1 200") == 1
        writer.close()


async def test_each_answer_has_the_date_of_its_own_request(
    port_of: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in an idle server writes the date anew (RFC 9110, 6.6.1)."""
    given = ["Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:38 GMT"]
    dates = iter(given)
    monkeypatch.setattr(connections, "formatdate", lambda **_: next(dates))
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port_of}") as caller:
        told = [(await caller.get("/health/live")).headers["date"] for _ in range(2)]
    assert told == given


async def test_who_is_told_to_end_before_it_serves_ends() -> None:
    """A signal may come at any moment of a start."""
    with listening(HOST, 0) as listener:
        own = server(FastAPI(), SHORT)
        own.handle_exit(SIGTERM, None)
        await asyncio.wait_for(own._serve(sockets=[listener]), 10)
