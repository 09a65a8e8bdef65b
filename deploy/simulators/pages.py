"""What both pages share: who may post, the headers, the templates."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.middleware.trustedhost import TrustedHostMiddleware

from deploy.simulators.owners import owner

_HERE = Path(__file__).parent
_LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def clock(moment: str) -> str:
    """A moment of the API as this machine's time of day."""
    return datetime.fromisoformat(moment).astimezone().strftime("%H:%M:%S")


def templates() -> Jinja2Templates:
    """The pages' templates: everything escaped, nothing undefined."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": clock, "owner": owner}
    return Jinja2Templates(env=environment)


def web(host: str) -> FastAPI:
    """An application with the guard and the static files. ``host`` is what it listens on."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")

    @app.middleware("http")
    async def guard(
        request: Request, proceed: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if request.method not in {"GET", "HEAD"} and not same_site(request):
            return Response("posted from another site\n", status_code=403)
        response = await proceed(request)
        response.headers.update(_HEADERS)
        return response

    if host in {"127.0.0.1", "::1", "localhost"}:  # a name that resolves to us is not us
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK)
    return app


def same_site(request: Request) -> bool:
    """Whether a browser would send this from our own page. What is no browser says neither."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
