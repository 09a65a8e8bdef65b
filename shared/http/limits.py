"""Limits of a request: a body over its size or its time, and more requests than can be answered.

Plain ASGI, so that a body is judged before anything parses it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics
from shared.http.fitness import unfit
from shared.http.problems import problem, refuse

ALWAYS = ("/health/", "/metrics")
"""Addresses that answer however much there is to do: whoever watches must not be sent away."""
BODY_TIME = 10.0
JSON = "application/json"
PARTS = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Media:
    """What a body must be. ``files``: at these addresses it may be a form of parts instead, and of
    so many bytes, for it carries a file."""

    kind: str = JSON
    files: Mapping[str, int] = field(default_factory=dict)

    def takes(self, media: str, path: str) -> bool:
        """Whether a body of this kind is taken there."""
        return media == self.kind or (media == PARTS and path in self.files)


class _Gone(Exception):
    """The caller left before the body was whole."""


class _Refused(Exception):
    """The body is not read to its end: why."""

    def __init__(self, refusal: JSONResponse) -> None:
        self.refusal = refusal


class Limits:
    """Reads a body whole, up to ``body_limit`` bytes and ``body_time`` seconds, and refuses what
    cannot be meant.

    Of requests that are whole it lets ``at_once`` in. Any more would only wait, all of them longer
    than their callers do, and be asked again meanwhile.
    """

    def __init__(
        self,
        app: ASGIApp,
        body_limit: int,
        at_once: int,
        body_time: float = BODY_TIME,
        media: Media = Media(),
        streams: tuple[str, ...] = (),
    ) -> None:
        """``streams``: addresses whose answers have no end, and
        keep nobody out meanwhile."""
        self._app = app
        self._media = media
        self._always = ALWAYS + streams
        self._limit = body_limit
        self._at_once = at_once
        self._time = body_time
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its body in hand, or answers a problem.

        Half a request is none: what it would have said is not guessed.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(receive, self._media.files.get(scope["path"], self._limit))
        except _Gone:
            return
        except _Refused as refused:
            await refuse(refused.refusal, scope, receive, send)
            return
        refusal = _busy() if self._full(scope) else _refusal(scope, body, self._media)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        counted = int(not scope["path"].startswith(self._always))
        self._inside += counted
        try:
            await self._app(scope, _again(body, receive), send)
        finally:
            self._inside -= counted

    def _full(self, scope: Scope) -> bool:
        return self._inside >= self._at_once and not scope["path"].startswith(self._always)

    async def _read(self, receive: Receive, most: int) -> bytes:
        """The body, of at most so many bytes; raises `_Gone` or `_Refused`."""
        pieces: list[bytes] = []
        size, more = 0, True
        try:
            async with asyncio.timeout(self._time):
                while more:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise _Gone
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    if size > most:
                        raise _Refused(problem(413, f"The body is over {most} bytes"))
                    more = message.get("more_body", False)
        except TimeoutError:
            slow = problem(408, f"The body was not whole within {self._time:g} s")
            raise _Refused(slow) from None
        return b"".join(pieces)


def _refusal(scope: Scope, body: bytes, wanted: Media) -> JSONResponse | None:
    path = scope["raw_path"] if scope.get("raw_path") else b""
    if b"%00" in path or b"%00" in scope.get("query_string", b""):
        return problem(400, "NUL is in the address")
    if not body:
        return None
    headers = dict(scope["headers"])
    media = headers.get(b"content-type", b"").split(b";")[0].strip().lower().decode("latin-1")
    if not wanted.takes(media, scope["path"]):
        return problem(415, f"The body must be {wanted.kind}")
    return unfit(body) if media == JSON else None


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that has been read, then whatever comes."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _busy() -> JSONResponse:
    metrics.HTTP_BUSY.inc()
    return problem(503, "Too much is asked at once; it is safe to ask again")
