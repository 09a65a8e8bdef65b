"""Refusals as pages: what happened, what still works and what to do, in the person's language."""

from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from services.console.frame import cookies
from services.console.frame.bare import bare, by_itself
from services.console.frame.desk import Desk
from services.console.frame.entry import SignInFirst, arrive
from services.console.frame.nearest import nearest
from services.console.frame.texts import later, say
from services.console.peers.client import PeerDown, PeerRefused
from services.console.refused import handlers as refused
from services.console.refused.model import wanted
from shared.errors import Forbidden, Invalid, NotFound, TooMany, Unavailable

PARTS = {
    "intake": later("reports and details of cases"),
    "referral": later("the queue, cases and the directory"),
    "notify": later("people, rosters and messages"),
    "committee": later("registers and sittings of committees"),
    "audit": later("response times"),
    "database": later("signing in"),
}
WORKS = {
    "intake": later("The queue and rosters still work. Answers by SMS still count."),
    "referral": later("Reports are still taken. Answers by SMS still count."),
    "notify": later("The queue and reports still work. Alerts go out once this part is back."),
    "committee": later("Reports, the queue and rosters still work."),
    "audit": later("Reports, the queue and rosters still work."),
    "database": later("Answers by SMS still count."),
}
TITLES = {
    400: later("This cannot be taken as it is"),
    403: later("Not for you to open"),
    404: later("Nothing is here"),
    409: later("It cannot be done any more"),
    422: later("This cannot be taken as it is"),
    429: later("Asked too often"),
}
WHAT_TO_DO = {
    403: later("If you need it for your work, ask your administrator."),
    404: later("It has ended, or it is not yours to see. Go back to your list."),
    409: later("Look at how it stands now, and go on from there."),
    422: later("Go back, and look at what you typed."),
    429: later("Wait a moment, then try again."),
}


NOT_THEIRS = frozenset({403, 404})
AGAIN = frozenset({422, 429, 500, 503})
"""After these what was typed stands in the answer, to be sent again."""
SECRETS = frozenset({"password", "pin", "again", "code", "digits"})
"""Fields that no page shows again."""
REFUSALS: tuple[type[Exception], ...] = (
    PeerRefused,
    Forbidden,
    NotFound,
    Invalid,
    TooMany,
    RequestValidationError,
    HTTPException,
)


def add_refusals(app: FastAPI) -> None:
    """Every refusal has a page."""
    app.add_exception_handler(SignInFirst, _sign_in)
    app.add_exception_handler(PeerDown, _down)
    app.add_exception_handler(Unavailable, _down)
    for kind in REFUSALS:
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(Exception, _failed)


async def _desk(request: Request) -> Desk | None:
    """The desk of this request, made anew without its form where it came to none."""
    known: Desk | None = getattr(request.state, "desk", None)
    if known is not None or request.method != "GET":
        return known
    try:
        return await arrive(request)
    except Exception:  # noqa: BLE001 - a refusal must not fail for want of a frame
        return None


async def _sign_in(request: Request, _why: Exception) -> Response:
    """To where one gets in, on a registered telephone by its PIN; and back here afterwards."""
    door = "/device" if cookies.DEVICE in request.cookies else "/sign-in"
    after = nearest(request)
    return RedirectResponse(f"{door}?{urlencode({'after': after})}" if after != "/" else door, 303)


async def _down(request: Request, why: Exception) -> Response:
    part = getattr(why, "part", "database")
    structlog.get_logger().warning("console.part_down", name=part)
    return await _page(
        request,
        503,
        say("A part does not answer"),
        say("Now out of reach: %(part)s.") % {"part": say(PARTS.get(part, part))},
        say(WORKS.get(part, "")),
        say("Nothing sent is lost: try again soon. If it is urgent, call the people on duty."),
    )


async def _refused(request: Request, why: Exception) -> Response:
    status, lines = _told(why)
    if status in NOT_THEIRS:
        try:
            await _record(request)
        except Unavailable as lost:
            return await _down(request, lost)
    title = TITLES.get(status, TITLES[400])
    return await _page(request, status, say(title), *lines, say(WHAT_TO_DO.get(status, "")))


async def _record(request: Request) -> None:
    """That a record was asked for by somebody whose it is not."""
    desk: Desk | None = getattr(request.state, "desk", None)
    record = wanted(request.path_params)
    if desk is not None and desk.session is not None and record is not None:
        await refused.read(desk.deps.db, desk.session, record)


def _told(why: Exception) -> tuple[int, list[str]]:
    if isinstance(why, PeerRefused):
        messages = (each.get("message") for each in why.errors)
        return why.status, [line for line in (why.detail, *messages) if line]
    if isinstance(why, Invalid):
        return 422, [say(why.message)]
    if isinstance(why, HTTPException):
        return why.status_code, []
    if isinstance(why, RequestValidationError):
        return 422, []
    statuses: dict[type[Exception], int] = {Forbidden: 403, NotFound: 404, TooMany: 429}
    status = next((code for kind, code in statuses.items() if isinstance(why, kind)), 400)
    return status, [say(str(why))] if isinstance(why, Forbidden | TooMany) else []


async def _failed(request: Request, why: Exception) -> Response:
    structlog.get_logger().error("console.failed", exc_info=why)
    return await _page(
        request,
        500,
        say("Something went wrong here"),
        say("It was written down. Try again; if it is urgent, call the people on duty."),
    )


async def _page(request: Request, status: int, title: str, *lines: str) -> Response:
    desk = await _desk(request)
    said = [line for line in lines if line]
    if desk is None:
        return bare(request, status, title, said)
    return desk.page(
        "refusal.html",
        status,
        title=title,
        lines=said,
        down=status >= 500,
        sent=_sent(desk) if status in AGAIN else [],
        again=by_itself(request) if status == 503 else "",
    )


def _sent(desk: Desk) -> list[tuple[str, str]]:
    """What was typed, to be sent again; nothing of a form that holds a secret, nor of a stranger's:
    such a page may be looked at by others."""
    fields = desk.form.names()
    if desk.session is None or not SECRETS.isdisjoint(fields):
        return []
    return [(name, value) for name, values in fields.items() for value in values]
