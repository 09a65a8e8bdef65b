"""An address that cannot be had is said in one line, by each kind of process."""

import socket
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from deploy.topology import HOST
from shared.runtime.sockets import NotListening, listening
from shared.runtime.worker import serve_http


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
