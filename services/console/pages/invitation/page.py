"""Routes of an invitation.

Opening the link changes nothing and shows a button: mail scanners and previews open links too. The
secret leaves the address with the first POST, and stands in hidden fields from then on.
"""

from typing import Annotated

import segno
from fastapi import APIRouter, Path, Response
from pydantic import BeforeValidator

from services.console import demo_links
from services.console.accounts import handlers as accounts
from services.console.frame.desk import Desk
from services.console.frame.entry import Anybody
from services.console.frame.texts import say
from services.console.pages.signin.page import begin as sit_down
from services.console.refused import handlers as refused
from services.console.sessions.model import SessionKind
from shared.clock import wall
from shared.errors import Invalid, NotFound
from shared.events.words import SYSTEM
from shared.http.schemas import seen

router = APIRouter()
SECRET_MOST = 240
Secret = Annotated[str, BeforeValidator(seen), Path(max_length=SECRET_MOST)]


@router.get("/invitation/{secret}")
async def link(desk: Anybody, secret: Secret) -> Response:
    """A neutral page with one button."""
    return desk.page("invitation/link.html", secret=secret)


@router.post("/invitation")
async def begin(desk: Anybody) -> Response:
    """What is needed for an account: a code app, a name, a password. A demo asks for none."""
    secret = desk.form.text("secret", SECRET_MOST)
    if demo_links.believed(desk.deps.settings):
        staff_id = demo_links.read(desk.deps.keys, secret, wall())
        member = await desk.front.register.member(staff_id) if staff_id else None
        if member is not None:
            return await sit_down(desk, member, SessionKind.DESK)
    return await _form(desk, secret)


@router.post("/invitation/accept")
async def accept(desk: Anybody) -> Response:
    """Makes the account, and shows its recovery codes, this once."""
    secret, login = desk.form.text("secret", SECRET_MOST), desk.form.text("login")
    password, again = desk.form.raw("password"), desk.form.raw("again")
    if password != again:
        return await _form(desk, secret, "again", say("The two passwords are not the same"))
    try:
        async with desk.deps.db.transaction(actor=SYSTEM) as tx:
            _, codes = await accounts.accept_invitation(
                tx, desk.deps, secret, login, password, desk.form.text("code")
            )
    except NotFound:
        await refused.invitation(desk.deps.db, secret)
        raise
    except Invalid as problem:
        words = desk.deps.country.current.wording.say(problem.message, desk.language)
        return await _form(desk, secret, problem.field, words)
    return desk.page("invitation/codes.html", codes=codes, login=login)


async def _form(desk: Desk, secret: str, field: str = "", wrong: str = "") -> Response:
    try:
        async with desk.deps.db.transaction(actor=SYSTEM) as tx:
            enrolment = await accounts.open_invitation(tx, desk.deps, secret)
    except NotFound:
        await refused.invitation(desk.deps.db, secret)
        raise
    return desk.page(
        "invitation/form.html",
        422 if wrong else 200,
        secret=secret,
        seed=enrolment.seed,
        picture=segno.make(enrolment.uri).svg_data_uri(scale=4),
        login=desk.form.text("login"),
        wrong={field: wrong} if wrong else {},
    )
