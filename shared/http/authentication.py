"""Authentication: who is calling, a person or a service, known before any of a body is read.

Plain ASGI and outermost, so that nobody without a token makes us read, keep or parse anything.
Every address but those in `OPEN` and the few of a service's own needs one: a route is not open by
asking for no caller.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared import metrics
from shared.clock import wall
from shared.errors import Unauthenticated
from shared.http.problems import has_body, problem, refuse
from shared.outbox import ASKED
from shared.security.between import Between
from shared.security.tokens import Verifier

OPEN = ("/health/", "/metrics", "/asyncapi.yaml", "/docs", "/redoc", "/openapi.json")
"""How the addresses that need no token begin. None of them takes a body."""
TITLE = "A valid token is needed"


@dataclass(frozen=True, slots=True)
class Trusted:
    """Whose tokens are believed."""

    people: Verifier
    services: Between

    @classmethod
    def from_directory(cls, service: str, keys: Path) -> Self:
        """By a service's key files; raises `KeyFileError`."""
        verifier = Verifier.from_file(keys / "tokens.public.json")
        return cls(verifier, Between.from_directory(service, keys))


class Authentication:
    """Puts the `Caller` of a valid token into ``scope["state"]["caller"]``, or refuses with 401.

    At `ASKED` it is ``scope["state"]["service"]``, the name of the service that asks. ``also``: how
    the service's own addresses begin that need no token.
    """

    def __init__(self, app: ASGIApp, trusted: Trusted, also: tuple[str, ...] = ()) -> None:
        self._app = app
        self._trusted = trusted
        self._needless = (*OPEN, *also)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its caller, or returns a problem without its body."""
        if scope["type"] == "http":
            needless = scope["path"].startswith(self._needless)
            refusal = self._open(scope) if needless else self._closed(scope)
            if refusal is not None:
                await refuse(refusal, scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _open(self, scope: Scope) -> JSONResponse | None:
        return problem(413, "No body is taken here") if has_body(scope) else None

    def _closed(self, scope: Scope) -> JSONResponse | None:
        state = scope.setdefault("state", {})
        try:
            token = _token(scope)
            if scope["path"].startswith(ASKED):
                state["service"] = self._trusted.services.asker(token, wall())
            else:
                state["caller"] = self._trusted.people.token(token, wall())
        except Unauthenticated as why:
            metrics.HTTP_SECONDS.labels(scope["method"], "-", "401").observe(0)
            return problem(401, TITLE, detail=str(why))
        return None


def _token(scope: Scope) -> str:
    given = Headers(scope=scope).get("authorization")
    scheme, token = get_authorization_scheme_param(given)
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("no token")
    return token
