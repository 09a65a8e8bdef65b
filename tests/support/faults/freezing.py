"""Parts that hang without dying: SIGSTOP, and SIGCONT for certain."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import psutil

from deploy.local.processes import Part
from tests.support.eventually import eventually

_THAW = "read _; kill -CONT $* 2>/dev/null; :"
"""Waits until its input is closed, by us or by our death."""


@asynccontextmanager
async def frozen(*parts: Part) -> AsyncIterator[None]:
    """Stops the parts and all their children, and lets them go on at the end.

    Also when this process is killed meanwhile: a frozen child would not hear that it has to die.
    Raises `StackError` for a part that does not run.
    """
    pids: list[int] = []
    try:
        for part in parts:
            await _freeze(psutil.Process(part.pid), pids)
        hand = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            _THAW,
            "thaw",
            *(str(pid) for pid in pids),
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            yield
        finally:
            assert hand.stdin is not None
            hand.stdin.close()
            await hand.wait()
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


async def _freeze(process: psutil.Process, pids: list[int]) -> None:
    """The parent first: what stands still has no new children."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGSTOP)
        pids.append(process.pid)
        await eventually(partial(_stands_still, process), every=0.005)
        for child in process.children():
            await _freeze(child, pids)


def _stands_still(process: psutil.Process) -> bool:
    return process.status() in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}
