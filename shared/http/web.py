"""The HTTP edge: who is calling, limits, strict JSON, and every refusal as problem+json (RFC 9457).

Problems name the field and never repeat what was sent: it may be somebody's words.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from shared.db import Database, Tx
from shared.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Refused,
    TirekError,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from shared.http import asyncapi
from shared.http.authentication import TITLE, Authentication, Trusted
from shared.http.floor import Floor
from shared.http.languages import Languages
from shared.http.limits import Limits
from shared.http.measured import Measured, path_of
from shared.http.problems import PROBLEM, problem, told
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live
from shared.security.tokens import Caller
from shared.security.visibility import Viewer, seen_by
from shared.settings import Environment, Settings
from shared.tasks import Tasks

STATUS: dict[type[TirekError], tuple[int, str]] = {
    Invalid: (422, "The request cannot be taken as it is"),
    NotFound: (404, "Not found"),
    Forbidden: (403, "Not allowed"),
    Conflict: (409, "It cannot be done any more"),
    Gone: (410, "It is not done here any more"),
    TooMany: (429, "Asked too often"),
    Unauthenticated: (401, TITLE),
    Unavailable: (503, "A part of the service does not answer; it is safe to ask again"),
}


class FieldProblem(BaseModel):
    """What is wrong with one field; the path is like ``needs[0]``."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457; behind ``errors``, what `shared.errors.Conflict` tells."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldProblem] | None = None
    state: str | None = None
    judgement: str | None = None
    first_at: str | None = None
    first_by: str | None = None


def _problem_schema() -> dict[str, Any]:
    # whole in itself: a "$defs" of its own is not where an OpenAPI document looks
    schema = Problem.model_json_schema()
    schema["properties"]["errors"]["anyOf"][0]["items"] = schema.pop("$defs")["FieldProblem"]
    return schema


PROBLEM_CONTENT: dict[str, Any] = {"content": {PROBLEM: {"schema": _problem_schema()}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": title, **PROBLEM_CONTENT}
    for status, title in [
        *STATUS.values(),
        (400, "The request is malformed"),
        (405, "No such method here"),
        (413, "The body is too large"),
        (415, "The body must be application/json"),
    ]
}
"""Every refusal any route may answer with, for its OpenAPI."""

undocumented = partial(FastAPI, openapi_url=None)
"""Real life: nobody is handed the whole interface; without /openapi.json there is no /docs."""
documented = partial(FastAPIOffline, static_url="/docs/files")
"""/docs asks our own origin for all its files, so that it is whole without a network."""
_bearer = HTTPBearer(auto_error=False)


async def authenticated(
    request: Request, _token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    """The caller, as `Authentication` found them before the body was read."""
    caller: Caller = request.state.caller
    return caller


def database(request: Request) -> Database:
    """The service's database."""
    db: Database = request.app.state.db
    return db


Authenticated = Annotated[Caller, Depends(authenticated)]
Db = Annotated[Database, Depends(database)]


async def viewer(request: Request, caller: Authenticated) -> Viewer:
    """The caller, as this jurisdiction sees them, with the language that they prefer."""
    country: Live[Jurisdiction] = request.app.state.country
    return Viewer.of(caller, country.current.territories, request.state.language)


Viewing = Annotated[Viewer, Depends(viewer)]


def transaction(*roles: str) -> Any:
    """A route's parameter: one transaction a request, for callers with one of these roles.

    The database shows in it what the caller may see. It commits before the answer is sent.
    """

    async def seen(who: Viewing, db: Db) -> AsyncIterator[Tx]:
        async with seen_by(db, who, *roles) as tx:
            yield tx

    return Depends(seen, scope="function")


def create_app(
    settings: Settings,
    db: Database,
    trusted: Trusted,
    files: Sequence[Live[Any]],
    beside: Iterable[Callable[[], Coroutine[Any, Any, None]]] = (),
) -> FastAPI:
    """An application with the edge's rules; routes are added by the service's ``app.py``.

    ``files``: what it decides by, the jurisdiction first. ``beside`` runs as long as it does.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = Tasks()
        for work in beside:
            tasks.start(work())
        yield
        tasks.cancel()
        await db.close()

    make = undocumented if settings.env is Environment.PROD else documented
    app = make(
        title=f"Tirek {settings.SERVICE}",
        version="1",
        lifespan=lifespan,
        responses=PROBLEMS,
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
    )
    app.state.db, app.state.settings = db, settings
    app.state.country = files[0]
    app.add_middleware(Measured, patience=settings.http_patience, failed=_failed)
    app.add_middleware(
        Limits,
        body_limit=settings.body_limit,
        at_once=settings.http_at_once,
        body_time=settings.http_body_time,
    )
    app.add_middleware(Floor)
    # it stands before all that reads
    app.add_middleware(Authentication, trusted=trusted, also=settings.OPEN)
    # added last, it sees every refusal
    app.add_middleware(Languages, wording=lambda: app.state.country.current.wording)
    for kind in (Refused, Unavailable):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)
    app.include_router(_health_router(db, files))
    if settings.env is not Environment.PROD:
        app.include_router(_showing_router())
    return app


def _health_router(db: Database, files: Iterable[Live[Any]]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/health/ready")
    async def ready() -> dict[str, object]:
        async with db.transaction() as tx:
            await tx.fetchval("SELECT 1")
        # by name alone: why, and in which file, stands at the health port, which is not published
        refused = [each.name for each in files if each.refused]
        return {"ready": True} | ({"refused": refused} if refused else {})

    return router


def _showing_router() -> APIRouter:
    """Who publishes what, and how much is done: in real life for operators, not for callers.

    There the metrics are at the health port (`shared.service.make_http`), which is not published.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/asyncapi.yaml")
    async def bus() -> Response:
        return Response(asyncapi.text(), media_type="application/yaml")

    @router.get("/metrics")
    async def measured() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _refused(_request: Request, refusal: Exception) -> JSONResponse:
    status, title = next(
        (found for kind, found in STATUS.items() if isinstance(refusal, kind)), (400, "Refused")
    )
    if isinstance(refusal, Invalid):
        found = [{"field": refusal.field, "message": refusal.message}]
        return problem(status, title, errors=found)
    if isinstance(refusal, Conflict):
        return problem(status, title, detail=str(refusal), **refusal.detail)
    if isinstance(refusal, NotFound):
        # what may not be known and what is not there look alike
        return problem(status, title)
    answer = problem(status, title, detail=str(refusal))
    if isinstance(refusal, TooMany):
        answer.headers["Retry-After"] = str(refusal.wait)
    return answer


async def _invalid(_request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, RequestValidationError)  # noqa: S101 - registered for it alone
    found = [told(each) for each in refusal.errors()]
    if any(each["field"].lower() == "idempotency-key" for each in found):
        return problem(400, "An Idempotency-Key is needed", errors=found)
    return problem(422, STATUS[Invalid][1], errors=found[:50])


async def _http(_request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, HTTPException)  # noqa: S101 - registered for it alone
    answer = problem(refusal.status_code, str(refusal.detail))
    answer.headers.update(refusal.headers or {})
    return answer


async def _failed(request: Request, failure: Exception) -> JSONResponse:
    structlog.get_logger().error("http.failed", route=path_of(request.scope), exc_info=failure)
    return problem(500, "Something went wrong here; it was written down")
