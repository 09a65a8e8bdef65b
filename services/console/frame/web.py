"""The console's application: the frame round all pages, as a request meets it."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from math import ceil
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.console.frame.bare import Worded
from services.console.frame.desk import Desk
from services.console.frame.entry import Anybody, SignedIn
from services.console.frame.forms import FORM
from services.console.frame.front import Front
from services.console.frame.headers import Headers
from services.console.frame.live import LIVE, Changes
from services.console.frame.nearest import openable
from services.console.frame.places import first_place
from services.console.frame.refusals import add_refusals
from services.console.frame.speaking import Speaking
from services.console.frame.texts import Texts
from shared.http.limits import Limits, Media
from shared.tasks import Tasks

STAY = "/stay"
"""Asks how long a session stands, or has it stay; and by ``?lang=`` the next page's language."""
Beside = Callable[[], Coroutine[Any, Any, None]]


def make_app(
    front: Front,
    pages: Sequence[APIRouter],
    files: Mapping[str, int],
    beside: Iterable[Beside],
) -> FastAPI:
    """The application. ``files``: how many bytes a form may have, by the address of one that
    carries a file. ``beside`` runs as long as it does."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = Tasks()
        for work in beside:
            tasks.start(work())
        yield
        tasks.cancel()
        await front.peers.close()
        await front.deps.db.close()

    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan, redirect_slashes=False
    )
    app.state.front = front
    app.state.ending = front.changes.close
    settings = front.deps.settings
    languages = front.deps.country.current.profile.languages
    app.add_middleware(
        Limits,
        body_limit=settings.body_limit,
        at_once=settings.http_at_once,
        body_time=settings.http_body_time,
        media=Media(FORM, files),
        streams=(LIVE,),
    )
    app.add_middleware(Worded)
    app.add_middleware(Headers, tls=settings.secure)
    app.add_middleware(Speaking, texts=Texts(languages), languages=languages)
    add_refusals(app)
    app.include_router(front.statics.router())
    app.include_router(_frame(front.changes))
    app.state.openable = openable(pages)
    for page in pages:
        app.include_router(page)
    return app


def _frame(changes: Changes) -> APIRouter:
    router = APIRouter()

    @router.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/health/ready")
    async def ready(request: Request) -> dict[str, bool]:
        async with request.app.state.front.deps.db.transaction() as tx:
            await tx.fetchval("SELECT 1")
        return {"ready": True}

    @router.get("/")
    async def begin(desk: Anybody) -> RedirectResponse:
        return RedirectResponse(first_place(desk) if desk.session else "/sign-in", 303)

    @router.get(STAY, status_code=204)
    async def stands(desk: SignedIn) -> Response:
        return _stands(desk)

    @router.post(STAY, status_code=204)
    async def stay(desk: Anybody) -> Response:
        return _stands(desk)

    @router.get(LIVE, response_class=EventSourceResponse)
    async def hints(desk: SignedIn) -> AsyncIterator[ServerSentEvent]:
        async for number in changes.follow(desk.signed_in.session_id):
            yield ServerSentEvent(comment="") if number is None else ServerSentEvent(data=number)

    return router


def _stands(desk: Desk) -> Response:
    """No page: the browser stays where it is, with all that is typed there. How many seconds the
    session has, if there is one, for the script."""
    left = (desk.session.idle_until - desk.now).total_seconds() if desk.session else 0
    return Response(status_code=204, headers={"Idle-In": str(ceil(left))})
