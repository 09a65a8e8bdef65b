"""Languages: a caller is answered in the one they ask for, as far as the country speaks it.

Plain ASGI, outside everything else, so that it sees every refusal, whoever made it. Without an
``Accept-Language`` a caller is a program, and refusals stay English.
"""

import json
from collections.abc import Callable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import PROBLEM
from shared.jurisdiction.wording import SOURCE, Wording

MOST = 20
"""Languages that one caller may name."""


class Languages:
    """Puts the caller's language into ``scope["state"]["language"]``, and says problems in it."""

    def __init__(self, app: ASGIApp, wording: Callable[[], Wording]) -> None:
        """``wording`` is the country's as it is now."""
        self._app = app
        self._wording = wording

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; what comes back as a problem is translated."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wording = self._wording()
        offered = tuple(dict.fromkeys([*wording.languages, SOURCE]))
        asked = preferred(Headers(scope=scope).get("accept-language"), offered)
        scope.setdefault("state", {})["language"] = asked or offered[0]
        if asked is None or asked == SOURCE:
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def translated(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_problem(message):
                start = message  # its length is not known yet
                return
            if start is not None:
                body = _in(wording, asked, message.get("body", b""))
                headers = MutableHeaders(scope=start)
                headers["Content-Language"] = asked
                headers["Content-Length"] = str(len(body))
                await send(start)
                start, message = None, {**message, "body": body}
            await send(message)

        await self._app(scope, receive, translated)


def _in(wording: Wording, language: str, body: bytes) -> bytes:
    """A problem is rendered in one piece, see `shared.http.problems`."""
    problem = json.loads(body)
    for name in ("title", "detail"):
        if isinstance(problem.get(name), str):
            problem[name] = wording.say(problem[name], language)
    for each in problem.get("errors") or ():
        each["message"] = wording.say(each["message"], language)
    return json.dumps(problem, ensure_ascii=False, separators=(",", ":")).encode()


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith(PROBLEM)


def preferred(header: str | None, offered: Sequence[str]) -> str | None:
    """The offered language that an ``Accept-Language`` (RFC 9110) prefers; none if it names none.

    Of ``ru-KG`` the first part counts. What cannot be read is passed over.
    """
    found: list[tuple[float, int, str]] = []
    for position, part in enumerate((header or "").split(",")[:MOST]):
        tag, _, weight = part.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        quality = _quality(weight)
        if language in offered and quality > 0:
            found.append((-quality, position, language))
    return min(found)[2] if found else None


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(1.0, float(value)) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
