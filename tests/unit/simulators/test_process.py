"""The simulators as one process."""

import asyncio
import re
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[Process]:
    """``python -m deploy.simulators`` with these arguments."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "deploy.simulators", *arguments),
        cwd=ROOT,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def any_ports() -> list[str]:
    """Free ones."""
    return [f"--{name}-port=0" for name in ("smpp", "smtp", "phones", "mail")]


async def test_one_process_serves_four_ports_and_stops_when_asked() -> None:
    """It says when it is ready and where, and leaves within moments of SIGTERM."""
    async with started(*any_ports()) as process, httpx.AsyncClient() as client:
        assert process.stdout
        async with asyncio.timeout(30):
            ready = (await process.stdout.readline()).decode()
        phones, mail = re.findall(r"http://\S+?/", ready)
        assert "Phones" in (await client.get(phones)).text
        assert "Mail" in (await client.get(mail)).text
        process.terminate()
        async with asyncio.timeout(10):
            _, errors = await process.communicate()
        assert (process.returncode, errors) == (0, b"")


async def test_a_port_in_use_is_one_clear_line() -> None:
    """Nothing is half started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with started(*any_ports()[:3], f"--mail-port={port}") as process:
            async with asyncio.timeout(30):
                out, errors = await process.communicate()
    assert process.returncode == 1
    assert out == b""
    (line,) = errors.decode().splitlines()
    assert f"port {port} (mail page)" in line
    assert "in use" in line
