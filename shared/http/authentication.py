"""Authentication: who is calling, known before any of a body is read.

Plain ASGI and outermost, so that nobody without a token makes us read, keep or parse anything.
Every address but those in `OPEN` and the few of a service's own needs one: a route is not open by
asking for no caller.
"""

from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared import metrics
from shared.clock import wall
from shared.errors import Unauthenticated
from shared.http.problems import has_body, problem, refuse
from shared.security.tokens import Caller, Verifier

OPEN = ("/health/", "/metrics", "/asyncapi.yaml", "/docs", "/redoc", "/openapi.json")
"""How the addresses that need no token begin. None of them takes a body."""
TITLE = "A valid token is needed"


class Authentication:
    """Puts the `Caller` of a valid token into ``scope["state"]["caller"]``, or refuses with 401.

    ``also``: how the service's own addresses begin that need no token.
    """

    def __init__(self, app: ASGIApp, verifier: Verifier, also: tuple[str, ...] = ()) -> None:
        self._app = app
        self._verifier = verifier
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
        try:
            scope.setdefault("state", {})["caller"] = self._caller(scope)
        except Unauthenticated as why:
            metrics.HTTP_SECONDS.labels(scope["method"], "-", "401").observe(0)
            return problem(401, TITLE, detail=str(why))
        return None

    def _caller(self, scope: Scope) -> Caller:
        given = Headers(scope=scope).get("authorization")
        scheme, token = get_authorization_scheme_param(given)
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("no token")
        return self._verifier.token(token, wall())
