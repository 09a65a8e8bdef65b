"""Measured: each request has its time, is counted, and does not take its connection with it.

Plain ASGI, so that an answer that breaks off in the middle breaks the transfer: starlette's
middleware for functions ends it as if it were whole.
"""

from collections.abc import Awaitable, Callable
from time import perf_counter

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import deadline, metrics

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Of every answer that does not say otherwise."""


class Measured:
    """Gives each request ``patience`` seconds; ``failed`` answers for what nobody foresaw."""

    def __init__(
        self,
        app: ASGIApp,
        patience: float,
        failed: Callable[[Request, Exception], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._patience = patience
        self._failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on. An answer that has begun cannot become another one: it breaks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, begun = perf_counter(), False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _count(scope, message["status"], perf_counter() - started)
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with deadline.within(self._patience):
            try:
                await self._app(scope, receive, sending)
            except Exception as failure:
                if begun:
                    raise
                # raised on, it would end the connection as well
                answer = await self._failed(Request(scope, receive), failure)
                await answer(scope, receive, sending)


def _count(scope: Scope, status: int, took: float) -> None:
    path = path_of(scope)
    metrics.HTTP_SECONDS.labels(scope["method"], path, str(status)).observe(took)


def path_of(scope: Scope) -> str:
    """The route's, for all that it serves: no address of anybody's is in it."""
    route = scope.get("route")
    return route.path if isinstance(route, APIRoute) else "-"
