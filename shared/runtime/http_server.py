"""HTTP server: uvicorn's, asleep while nobody asks.

uvicorn looks ten times a second whether it is to end, and writes the date of answers anew: in an
idle process nearly nothing else ran. Here a signal wakes the server, and each answer has a date of
its own (`shared.runtime.connections`).
"""

import asyncio
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Literal, cast

import uvicorn
from fastapi import FastAPI

from shared.runtime.connections import Connection, Room
from shared.runtime.ends import Ends
from shared.runtime.lines import Line


class Server(uvicorn.Server):
    """Serves until `handle_exit`: uvicorn's handler of signals, and how others end it."""

    _wake: Callable[[], object] | None = None

    def __init__(self, config: uvicorn.Config, ending: Callable[[], object]) -> None:
        """``ending`` is called before open answers are waited for: it ends those without an end."""
        super().__init__(config)
        self._ending = ending

    async def main_loop(self) -> None:
        """Waits for the end; it may have been told already, or be told at any moment."""
        told = asyncio.Event()
        self._wake = partial(asyncio.get_running_loop().call_soon_threadsafe, told.set)
        if not self.should_exit:
            await told.wait()
        self._ending()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As uvicorn does, and wakes the loop; thread-safe, because a signal comes anywhere."""
        super().handle_exit(sig, frame)
        if self._wake is not None:
            self._wake()

    def let_go(self) -> None:
        """The loop watches its sockets no more: to be called before they are closed, also by
        whoever cancels it. Else the next socket with such a number is one that the loop believes
        to watch already, and never hears."""
        for each in getattr(self, "servers", ()):
            each.close()


def server(
    app: FastAPI,
    ends: Ends,
    grace: int | None = None,
    line: Line | None = None,
    *,
    lifespan: Literal["auto", "off"] = "auto",
) -> Server:
    """A server of ``app`` whose connections end; ``grace``: seconds for answers when it does.

    ``lifespan``: off for an app that begins and ends nothing, so that nothing waits for it.
    ``app.state.ending``, if there is one, is called when it is told to end.
    """
    protocol = cast(type[asyncio.Protocol], partial(Connection, Room(ends)))
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        timeout_keep_alive=ends.idle_time,
        timeout_graceful_shutdown=grace,
        log_config=None,
        access_log=False,
        lifespan=lifespan,
        **(line or Line()).for_uvicorn(),
    )
    return Server(config, getattr(app.state, "ending", lambda: None))
