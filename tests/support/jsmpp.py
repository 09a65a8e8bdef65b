"""jsmpp's SMSC simulator: an SMPP 3.4 server by other people, in another language."""

import asyncio
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from deploy.local.java import class_path, java
from tests.support.sms import listener

_LOCK = Path(__file__).with_name("jsmpp.lock")
_JARS = Path(__file__).parents[2] / ".tirek" / "jsmpp"
_MAIN = "org.jsmpp.examples.SMPPServerSimulator"
USER, PASSWORD = "j", "jpwd"
"""What it admits."""


@asynccontextmanager
async def jsmpp() -> AsyncIterator[int]:
    """Started, perhaps not listening yet; its port. Its jars are fetched once and verified."""
    jars = await asyncio.to_thread(class_path, _JARS, Console(), _LOCK)
    with listener() as free:
        port = int(free.getsockname()[1])
    command = java(jars, "-Xmx64m", f"-Djsmpp.simulator.port={port}")
    process = await asyncio.create_subprocess_exec(*command, _MAIN, stdout=DEVNULL, stderr=DEVNULL)
    try:
        yield port
    finally:
        process.kill()
        await process.wait()
