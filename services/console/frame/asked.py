"""What audit asks the console: what it said, and to say it again. No browser ever does.

It is an application of its own before the one of pages: services bring tokens and JSON, as to every
other service, and people bring sessions and forms.
"""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from services.console.deps import Deps
from shared.http import outbox
from shared.http.authentication import Trusted
from shared.http.web import create_app
from shared.outbox import ASKED


class Asked:
    """Hands on to ``services`` what is asked below `ASKED`, and the rest to the pages."""

    def __init__(self, app: ASGIApp, services: ASGIApp) -> None:
        self._pages = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        asked = scope["type"] == "http" and scope["path"].startswith(ASKED)
        await (self._services if asked else self._pages)(scope, receive, send)


def for_services(deps: Deps) -> FastAPI:
    """The application that services ask; raises `KeyFileError`."""
    settings = deps.settings
    trusted = Trusted.from_directory(settings.SERVICE, settings.keys_dir)
    app = create_app(settings, deps.db, trusted, (deps.country,))
    app.include_router(outbox.router)
    return app
