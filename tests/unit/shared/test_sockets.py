"""An address that cannot be had is said in one line, by each kind of process."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
from fastapi import FastAPI

from deploy.topology import HOST
from shared.runtime.sockets import NotListening, listening
from shared.runtime.worker import serve_http
from tests.support.eventually import eventually


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server((HOST, 0)) as other:
        yield other.getsockname()[1]


def test_which_address_is_taken_is_said(taken: int) -> None:
    """With the reason, as the machine gives it."""
    with pytest.raises(
        NotListening, match=f"port {taken} on {HOST} cannot be had: Address already in use$"
    ):
        listening(HOST, taken)


async def test_a_worker_says_so_too(taken: int) -> None:
    """uvicorn alone would end the process without a word."""
    with pytest.raises(NotListening, match=f"port {taken} on {HOST}"):
        await serve_http(FastAPI(), HOST, taken)


def test_an_address_without_a_machine_is_one_line() -> None:
    """Neither one of this machine's, nor a name that nobody knows."""
    with pytest.raises(NotListening, match=r"port 0 on 192\.0\.2\.1 cannot be had"):
        listening("192.0.2.1", 0)
    with pytest.raises(NotListening, match=r"port 0 on nowhere\.invalid cannot be had: \w+"):
        listening("nowhere.invalid", 0)


async def test_a_server_that_is_cancelled_leaves_no_number_deaf() -> None:
    """The next socket gets its number; whoever connects there is answered."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    serving = asyncio.ensure_future(serve_http(FastAPI(), HOST, port))

    async def answers() -> bool:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            return True
        return False

    await eventually(answers)
    serving.cancel()
    await asyncio.wait([serving])

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"yes")
        writer.close()

    async with await asyncio.start_server(greet, HOST, 0) as own, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(*own.sockets[0].getsockname())
        assert await reader.read() == b"yes"
        writer.close()
