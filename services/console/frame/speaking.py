"""Speaking: the language of an answer: of ``?lang=``, else of the browser's cookie, else as asked.

Plain ASGI, outside everything that refuses. Choosing a language changes nothing here: it is the
browser that keeps it. ``?in=`` says it of one answer alone, and the browser keeps what it had: for
a paper that is printed in a language which whoever prints it does not read.
"""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console.frame.texts import Texts
from shared.http.languages import preferred

COOKIE = "__Host-lang"
YEAR = 31_536_000


class Speaking:
    """Puts the language into ``scope["state"]["language"]`` and has all texts said in it."""

    def __init__(self, app: ASGIApp, texts: Texts, languages: tuple[str, ...]) -> None:
        self._app = app
        self._texts = texts
        self._languages = languages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        query = parse_qs(scope["query_string"].decode("latin-1"))
        chosen, once = (self._asked(query, name) for name in ("lang", "in"))
        language = (
            chosen
            or once
            or self._kept(headers.get("cookie", ""))
            or preferred(headers.get("accept-language"), self._languages)
            or self._languages[0]
        )
        scope.setdefault("state", {})["language"] = language
        self._texts.speak(language)

        async def say(message: Message) -> None:
            if chosen and message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", kept(chosen))
            await send(message)

        await self._app(scope, receive, say)

    def _asked(self, query: dict[str, list[str]], name: str) -> str | None:
        asked = query.get(name, [""])[0]
        return asked if asked in self._languages else None

    def _kept(self, cookies: str) -> str | None:
        try:
            morsel = SimpleCookie(cookies).get(COOKIE)
        except CookieError:
            return None
        return morsel.value if morsel and morsel.value in self._languages else None


def kept(language: str) -> str:
    """The cookie by which a browser keeps a language."""
    return f"{COOKIE}={language}; Path=/; Max-Age={YEAR}; Secure; HttpOnly; SameSite=Lax"
