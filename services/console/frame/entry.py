"""Entry: what a route asks for: a desk for anybody, for who has signed in, for a form they sent."""

import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request

from services.console.frame.cookies import BEFORE, COOKIE
from services.console.frame.desk import Desk
from services.console.frame.forms import NOT_OURS, Form, proves, same_site
from services.console.frame.front import Front
from services.console.frame.live import LIVE
from services.console.frame.texts import later
from services.console.sessions import handlers as sessions
from shared.errors import Forbidden, TirekError
from shared.events.words import SYSTEM

BY_ITSELF = ("x-part", "auto")
"""A header of our script and a query field of a page without it: the page asks, not the person. A
browser that listens for changes connects again by itself too."""


class SignInFirst(TirekError):
    """Nobody has signed in, or the session is over."""


async def arrive(request: Request) -> Desk:
    """A desk for whoever looks, signed in or not. What was posted is read, and not yet believed.

    Raises `Forbidden` for what another site made this browser send.
    """
    front: Front = request.app.state.front
    secret = request.cookies.get(COOKIE, "")
    async with front.deps.db.transaction(actor=SYSTEM) as tx:
        touch = not _by_itself(request)
        session = await sessions.resume(tx, secret, touch=touch) if secret else None
        now = tx.now
    if session is not None:
        session = await front.register.still(session, now)
    token = session.csrf if session else request.cookies.get(BEFORE) or secrets.token_urlsafe(24)
    desk = Desk(request, front, request.state.language, now, session, token, Form())
    request.state.desk = desk
    if request.method == "POST":
        if not same_site(request):
            raise Forbidden(NOT_OURS)
        desk.form = await Form.of(request)
    return desk


Arrived = Annotated[Desk, Depends(arrive)]


async def desk_of(desk: Arrived) -> Desk:
    """A desk whose form is proven to be ours."""
    _prove(desk)
    return desk


Anybody = Annotated[Desk, Depends(desk_of)]


def somebody(*roles: str) -> Callable[[Desk], Coroutine[Any, Any, Desk]]:
    """A desk for signed-in people with one of these roles; for everyone signed in without any."""

    async def let_in(desk: Arrived) -> Desk:
        if desk.session is None:  # before the form is proven: its token went with the session
            raise SignInFirst
        _prove(desk)
        if roles and not desk.has(*roles):
            raise Forbidden(later("This page is for another role"))
        return desk

    return let_in


def _prove(desk: Desk) -> None:
    if desk.request.method != "POST" or proves(desk.form, desk.token):
        return
    if desk.session is None and COOKIE in desk.request.cookies:
        raise SignInFirst
    raise Forbidden(NOT_OURS)


def _by_itself(request: Request) -> bool:
    header, field = BY_ITSELF
    listens = request.url.path == LIVE
    return listens or header in request.headers or field in request.query_params


SignedIn = Annotated[Desk, Depends(somebody())]
"""For everyone who has signed in; a page for some asks for ``somebody(Role.WORKER)``."""
