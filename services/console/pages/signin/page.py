"""Routes of signing in and out.

Whoever guesses learns nothing: a name that is not there, a wrong password and a wrong code are one
answer in one time. A shared PC forgets: its sessions are short, and what was shown is cleared.
"""

from fastapi import APIRouter, Response

from services.console.accounts import handlers as accounts
from services.console.accounts.handlers import SignInRefused
from services.console.accounts.model import Member
from services.console.frame import cookies
from services.console.frame.desk import Desk
from services.console.frame.entry import Anybody, SignedIn
from services.console.frame.places import first_place
from services.console.frame.speaking import kept
from services.console.frame.texts import later, say
from services.console.sessions import handlers as sessions
from services.console.sessions.model import SessionKind
from shared.errors import TooMany
from shared.events.words import SYSTEM

router = APIRouter()
LOCAL = "/"
REFUSED = later("The name, the password or the code is not right.")


@router.get("/sign-in")
async def ask(desk: Anybody, after: str = LOCAL) -> Response:
    """The form; who has signed in already goes on."""
    if desk.session is not None:
        return desk.to(first_place(desk))
    return _form(desk, after)


@router.post("/sign-in")
async def sign_in(desk: Anybody) -> Response:
    """Name, password and code, in one form."""
    login, password = desk.form.text("login"), desk.form.raw("password")
    code, after = desk.form.text("code"), desk.form.text("after") or LOCAL
    try:
        staff_id = await accounts.sign_in(desk.deps, login, password, code, desk.address)
    except SignInRefused:
        return _form(desk, after, login, say(REFUSED), 403)
    except TooMany as busy:
        wait = say("Too many tries. Wait %(n)s s, then try again.") % {"n": busy.wait}
        return _form(desk, after, login, wait, 429)
    member = await desk.front.register.member(staff_id)
    if member is None:
        return _form(desk, after, login, say(REFUSED), 403)
    kind = SessionKind.SHARED if desk.form.has("shared") else SessionKind.DESK
    return await begin(desk, member, kind, after)


async def begin(desk: Desk, member: Member, kind: SessionKind, after: str = LOCAL) -> Response:
    """A session for somebody who has proven who they are; its answer leads to their first place."""
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        session, secret = await sessions.start(tx, desk.deps, member, kind, desk.language)
    answer = desk.to(after if is_local(after) else LOCAL)
    cookies.give(answer, cookies.COOKIE, secret)
    cookies.take(answer, cookies.BEFORE)
    answer.headers.append("Set-Cookie", kept(session.language))
    return answer


@router.post("/lock")
async def lock(desk: SignedIn) -> Response:
    """Ends the session, and has the browser forget what it showed."""
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        await sessions.end(tx, desk.signed_in.session_id, by=desk.signed_in.staff_id)
    answer = desk.to("/device" if cookies.DEVICE in desk.request.cookies else "/sign-in")
    cookies.take(answer, cookies.COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _form(desk: Desk, after: str, login: str = "", wrong: str = "", status: int = 200) -> Response:
    safe = after if is_local(after) else LOCAL
    return desk.page("signin/signin.html", status, after=safe, login=login, wrong=wrong)


def is_local(path: str) -> bool:
    """Whether a path leads to a page of ours: nobody is sent on elsewhere."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isascii()
