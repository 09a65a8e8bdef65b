"""Floor: whether something exists does not show by how long the answer takes.

"Not found" is said of what is not there and of what this caller may not know of, and the two take
different work; so do a list with nothing behind it and one in which something is hidden. So every
404, and every list, leaves at a whole multiple of `FLOOR` after its request was whole.
"""

import math
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clock import pause

FLOOR = 0.04
"""Seconds: ten times what the slowest of them takes on a quiet machine."""


class Floor:
    """Keeps a 404 or a list back; whatever else is answered goes at once.

    Plain ASGI and outside of `shared.http.limits.Limits`: by then the request holds no place and no
    transaction. The time counts from the end of the body, because its beginning is the caller's to
    choose, who could otherwise bring an edge of it where they like.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        whole = monotonic()
        kept: list[Message] = []

        async def hear() -> Message:
            nonlocal whole
            message = await receive()
            if message["type"] == "http.request":
                whole = monotonic()
            return message

        async def say(message: Message) -> None:
            if kept or message.get("status") == 404 or _lists(scope):
                kept.append(message)
            else:
                await send(message)

        await self._app(scope, hear, say)
        if kept:
            await pause(left(monotonic() - whole))
        for message in kept:
            await send(message)


def _lists(scope: Scope) -> bool:
    """Whether a known caller asks for a list: what is named has a further step in its address."""
    known = "caller" in scope.get("state", {})
    return known and scope["method"] == "GET" and scope["path"].count("/") == 1


def left(passed: float) -> float:
    """Seconds from ``passed`` to the next multiple of the floor; never less than none."""
    return max(0.0, math.ceil(passed / FLOOR) * FLOOR - passed) if passed > 0 else FLOOR
