"""Problems: refusals as problem+json (RFC 9457), from a route or from before there is one.

They name the field and never repeat what was sent: it may be somebody's words.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from shared.complaints import plain

PROBLEM = "application/problem+json"
LINGER = 2.0
"""Seconds for which the rest of a refused body is let go by: who still sends has not read yet, and
to close on them would take the answer away."""

UNNAMED = "…"
"""Stands in a path for a name that no field could have."""
_NAME = re.compile(r"[a-z]{1,20}(_[a-z]{1,20}){0,3}|[0-9]{1,5}", re.ASCII)
"""What a field or a place in a list is called: no sentence, no telephone number, no id."""


def told(error: Mapping[str, Any]) -> dict[str, str]:
    """One of pydantic's complaints as field and message."""
    where: Sequence[int | str] = error["loc"]
    if error["type"] == "extra_forbidden":
        where = [*where[:-1], as_name(str(where[-1]))]
    return {"field": field_path(where), "message": plain(error)}


def as_name(name: str) -> str:
    """A name that a caller made up, where it could be a field's; else `UNNAMED`."""
    return name if _NAME.fullmatch(name) else UNNAMED


def field_path(where: Sequence[int | str]) -> str:
    """``("body", "needs", 0)`` → ``needs[0]``."""
    path = ""
    for part in where[1:] if where and where[0] in ("body", "query", "path", "header") else where:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "body"


def problem(status: int, title: str, **more: Any) -> JSONResponse:
    """A problem document."""
    content = {"type": "about:blank", "title": title, "status": status, **more}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if status == 503:
        headers["Retry-After"] = "2"
    return JSONResponse(content, status, headers=headers, media_type=PROBLEM)


async def refuse(refusal: JSONResponse, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends a refusal although the body may not be whole; then the connection ends.

    Nothing of the rest is kept. Without a body the connection stays as it is.
    """
    if not has_body(scope):
        await refusal(scope, receive, send)
        return
    refusal.headers["Connection"] = "close"
    start = {"type": "http.response.start", "status": refusal.status_code}
    await send({**start, "headers": refusal.raw_headers})
    await send({"type": "http.response.body", "body": refusal.body, "more_body": True})
    try:
        async with asyncio.timeout(LINGER):
            while (await receive()).get("more_body", False):
                pass
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def has_body(scope: Scope) -> bool:
    """Whether a body is announced; RFC 9112 knows no other way to send one."""
    headers = dict(scope["headers"])
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"
