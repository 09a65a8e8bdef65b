"""What no route should see: bodies over the limit, JSON that PostgreSQL or people choke on,
and more requests than can be answered in time.

Plain ASGI, so that a body is judged before anything parses it.
"""

import json
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics

PROBLEM = "application/problem+json"
DEEPEST = 32
ALWAYS = ("/health/", "/metrics")
"""Addresses that answer however much there is to do: whoever watches must not be sent away."""


class _Gone(Exception):
    """The caller left before the body was whole."""


class Limits:
    """Reads a body whole, up to ``body_limit`` bytes, and refuses what cannot be meant.

    Of requests that are whole it lets ``at_once`` in. Any more would only wait, all of them longer
    than their callers do, and be asked again meanwhile.
    """

    def __init__(self, app: ASGIApp, body_limit: int, at_once: int) -> None:
        self._app = app
        self._limit = body_limit
        self._at_once = at_once
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its body in hand, or answers a problem.

        Half a request is none: what it would have said is not guessed, and nobody waits.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(receive)
        except _Gone:
            return
        refusal = _busy() if self._full(scope) else self._refusal(scope, body)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, _again(body, receive), send)
        finally:
            self._inside -= 1

    def _full(self, scope: Scope) -> bool:
        return self._inside >= self._at_once and not scope["path"].startswith(ALWAYS)

    async def _read(self, receive: Receive) -> bytes | None:
        """The body; none when it is over the limit, `_Gone` when it broke off.

        The rest is not kept.
        """
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise _Gone
            size += len(message.get("body", b""))
            if size <= self._limit:
                chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(chunks) if size <= self._limit else None

    def _refusal(self, scope: Scope, body: bytes | None) -> JSONResponse | None:
        if body is None:
            return _problem(413, f"The body is over {self._limit} bytes")
        path = scope["raw_path"] if scope.get("raw_path") else b""
        if b"%00" in path or b"%00" in scope.get("query_string", b""):
            return _problem(400, "NUL is in the address")
        if not body:
            return None
        headers = dict(scope["headers"])
        media = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if media != b"application/json":
            return _problem(415, "The body must be application/json")
        return unfit(body)


def _again(body: bytes | None, receive: Receive) -> Receive:
    """Gives the body that has been read, then whatever comes."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def unfit(body: bytes) -> JSONResponse | None:
    """A problem for JSON that is broken or holds what no text may hold; none when it is fit."""
    try:
        content = json.loads(
            body.decode(), parse_constant=_no_constant, object_pairs_hook=_no_twins
        )
    except UnicodeDecodeError:
        return _problem(400, "The body is not UTF-8")
    except _Twice as twice:
        return _problem(422, "A field is given twice", field=str(twice))
    except RecursionError:
        return _problem(400, "The body is nested too deeply")
    except ValueError:
        return _problem(400, "The body is no JSON")
    where = _unfit_text(content, "", 0)
    if where is not None:
        return _problem(422, "Text that cannot be stored", field=where or "body")
    return None


class _Twice(ValueError):
    """A name given twice in one object."""


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return content


def _unfit_text(value: Any, where: str, depth: int) -> str | None:
    """The path of the first NUL, lone surrogate or too deep nesting."""
    if depth > DEEPEST:
        return where
    if isinstance(value, str):
        return where if "\x00" in value or _lone(value) else None
    if isinstance(value, dict):
        if any("\x00" in name or _lone(name) for name in value):
            return where
        steps = ((f"{where}.{name}" if where else name, inner) for name, inner in value.items())
    elif isinstance(value, list):
        steps = ((f"{where}[{index}]", inner) for index, inner in enumerate(value))
    else:
        return None
    return next(
        (
            found
            for path, inner in steps
            if (found := _unfit_text(inner, path, depth + 1)) is not None
        ),
        None,
    )


def _lone(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _busy() -> JSONResponse:
    metrics.HTTP_BUSY.inc()
    refusal = _problem(503, "Too much is asked at once; it is safe to ask again")
    refusal.headers["Retry-After"] = "2"
    return refusal


def _problem(status: int, title: str, *, field: str | None = None) -> JSONResponse:
    content: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if field is not None:
        message = "holds NUL, a lone surrogate, a name given twice, or nests too deeply"
        content["errors"] = [{"field": field[:200], "message": message}]
    return JSONResponse(content, status, media_type=PROBLEM)
