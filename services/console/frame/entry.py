"""Entry: what a route asks for: a desk for anybody, for who has signed in, for a form they sent."""

import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request

from services.console.frame.cookies import BEFORE, COOKIE
from services.console.frame.desk import Desk
from services.console.frame.forms import Form, must_be_ours
from services.console.frame.front import Front
from services.console.frame.live import LIVE
from services.console.frame.texts import later
from services.console.sessions import handlers as sessions
from services.console.sessions.model import Session
from shared.errors import Forbidden, TirekError
from shared.events.words import SYSTEM

BY_ITSELF = ("x-part", "auto")
"""A header of our script and a query field of a page without it: the page asks, not the person. A
browser that listens for changes connects again by itself too."""


class SignInFirst(TirekError):
    """Nobody has signed in, or the session is over."""


async def desk_of(request: Request) -> Desk:
    """A desk for whoever looks, signed in or not. What was posted is read and proven to be ours."""
    front: Front = request.app.state.front
    secret = request.cookies.get(COOKIE, "")
    async with front.deps.db.transaction(actor=SYSTEM) as tx:
        session = (
            await sessions.resume(tx, secret, touch=not _by_itself(request)) if secret else None
        )
        now = tx.now
    if session is not None:
        session = await front.register.still(session, now)
    token = session.csrf if session else request.cookies.get(BEFORE) or secrets.token_urlsafe(24)
    desk = Desk(request, front, request.state.language, now, session, token, Form())
    request.state.desk = desk
    if request.method == "POST":
        desk.form = await Form.of(request)
        must_be_ours(
            request, desk.form, session.csrf if session else request.cookies.get(BEFORE, "")
        )
    return desk


def _by_itself(request: Request) -> bool:
    header, field = BY_ITSELF
    listens = request.url.path == LIVE
    return listens or header in request.headers or field in request.query_params


Anybody = Annotated[Desk, Depends(desk_of)]


def somebody(*roles: str) -> Callable[[Desk], Coroutine[Any, Any, Desk]]:
    """A desk for signed-in people with one of these roles; for everyone signed in without any."""

    async def let_in(desk: Anybody) -> Desk:
        _session(desk)
        if roles and not desk.has(*roles):
            raise Forbidden(later("This page is for another role"))
        return desk

    return let_in


def _session(desk: Desk) -> Session:
    if desk.session is None:
        raise SignInFirst
    return desk.session


SignedIn = Annotated[Desk, Depends(somebody())]
"""For everyone who has signed in; a page for some asks for ``somebody(Role.WORKER)``."""
