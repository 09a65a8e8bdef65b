"""Routes of an invitation.

Opening the link changes nothing and shows a button: mail scanners and previews open links too. The
secret leaves the address with the first POST, and stands in hidden fields from then on.
"""

import segno
from fastapi import APIRouter, Response

from services.console.accounts import handlers as accounts
from services.console.frame.desk import Desk
from services.console.frame.entry import Anybody
from services.console.frame.texts import say
from shared.errors import Invalid
from shared.events.words import SYSTEM
from shared.http.schemas import PathId

router = APIRouter()
SECRET_MOST = 120


@router.get("/invitation/{secret}")
async def link(desk: Anybody, secret: PathId) -> Response:
    """A neutral page with one button."""
    return desk.page("invitation/link.html", secret=secret)


@router.post("/invitation")
async def begin(desk: Anybody) -> Response:
    """What is needed for an account: a code app, a name, a password."""
    return await _form(desk, desk.form.text("secret", SECRET_MOST))


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
    except Invalid as problem:
        words = desk.deps.country.current.wording.say(problem.message, desk.language)
        return await _form(desk, secret, problem.field, words)
    return desk.page("invitation/codes.html", codes=codes, login=login)


async def _form(desk: Desk, secret: str, field: str = "", wrong: str = "") -> Response:
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        enrolment = await accounts.open_invitation(tx, desk.deps, secret)
    return desk.page(
        "invitation/form.html",
        422 if wrong else 200,
        secret=secret,
        seed=enrolment.seed,
        picture=segno.make(enrolment.uri).svg_data_uri(scale=4),
        login=desk.form.text("login"),
        wrong={field: wrong} if wrong else {},
    )
