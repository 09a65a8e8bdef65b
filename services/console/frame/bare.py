"""Bare: a page where there is no desk: too much is asked at once, or the database is away.

Whatever refuses before a page is reached speaks to programs; here it is said to people.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console.frame.texts import later, say
from shared.http.problems import PROBLEM

WORDS = {
    408: later("The line is too slow: it did not come whole."),
    413: later("This is too long to be taken. A file may have 1 MB at most."),
    503: later("Too much is asked of us at this moment. Nothing was done."),
}
OTHERWISE = later("This cannot be taken as it is")
WHAT_TO_DO = later("Load this page again in a moment: what you typed is sent again with it.")
KEPT = ("retry-after", "connection")


def by_itself(request: Request) -> str:
    """Where a page is opened again by itself; empty for an answer to a form."""
    query = [pair for pair in request.query_params.multi_items() if pair[0] != "auto"]
    asked = urlencode([*query, ("auto", "1")])
    return f"{request.url.path}?{asked}" if request.method == "GET" else ""


def bare(request: Request, status: int, title: str, lines: Sequence[str]) -> HTMLResponse:
    """A page without anything of anybody's."""
    front = request.app.state.front
    settings, country = front.deps.settings, front.deps.country.current
    body = front.templates.get_template("bare.html").render(
        language=request.scope["state"]["language"],
        product=settings.service_label,
        help_number=settings.help_number,
        emergency=[each for each in country.profile.emergency_numbers if each.printed],
        title=title,
        lines=lines,
        again=by_itself(request) if status == 503 else "",
    )
    return HTMLResponse(body, status)


class Worded:
    """Puts a page in the place of a problem document (RFC 9457); its number stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        page: HTMLResponse | None = None

        async def say_it(message: Message) -> None:
            nonlocal page
            if message["type"] == "http.response.start":
                page = _page(scope, receive, message)
            if page is None:
                await send(message)
            elif message["type"] == "http.response.start":
                await send({**message, "headers": page.raw_headers})
            else:
                body = b"" if message.get("more_body", False) else page.body
                await send({**message, "body": body})

        await self._app(scope, receive, say_it)


def _page(scope: Scope, receive: Receive, start: Message) -> HTMLResponse | None:
    headers = Headers(raw=start["headers"])
    if headers.get("content-type") != PROBLEM:
        return None
    words = WORDS.get(start["status"], OTHERWISE)
    page = bare(Request(scope, receive), start["status"], say(words), [say(WHAT_TO_DO)])
    page.headers.update({name: headers[name] for name in KEPT if name in headers})
    return page
