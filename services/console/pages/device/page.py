"""Routes of an officer's telephone: registered with a code of ten minutes, opened by a PIN.

Five wrong PINs end the telephone's registration, and nothing else of its owner's.
"""

from fastapi import APIRouter, Response

from services.console.devices import handlers as devices
from services.console.devices.handlers import DeviceEnded, PinRefused
from services.console.devices.model import KEPT_FOR
from services.console.frame import cookies
from services.console.frame.desk import Desk
from services.console.frame.entry import Anybody
from services.console.frame.texts import later, say
from services.console.pages.signin.page import begin, is_local
from services.console.refused import handlers as refused
from services.console.sessions.model import SessionKind
from shared.errors import Invalid, TooMany
from shared.events.words import SYSTEM

router = APIRouter()
DUTY = "/duty"
UNKNOWN = later("The code is not right, or too old. Ask an administrator for a new one.")


@router.get("/device")
async def show(desk: Anybody, after: str = DUTY) -> Response:
    """The PIN of a registered telephone, or the code that registers one."""
    return _page(desk, after=after)


@router.post("/device/register")
async def register(desk: Anybody) -> Response:
    """This telephone is its owner's from now on."""
    code, pin = desk.form.text("code", 60), desk.form.raw("pin")
    if pin != desk.form.raw("again"):
        return _page(desk, "again", say("The two PINs are not the same"))
    try:
        async with desk.deps.db.transaction(actor=SYSTEM) as tx:
            secret = await devices.register(tx, desk.deps, code, pin)
    except Invalid as problem:
        if problem.field == "code":
            await refused.telephone(desk.deps.db)
        return _page(desk, problem.field, _words(desk, problem.message))
    answer = await _sit_down(desk, secret, pin)
    cookies.give(answer, cookies.DEVICE, secret, KEPT_FOR)
    return answer


@router.post("/device/unlock")
async def unlock(desk: Anybody) -> Response:
    """Six digits open it."""
    secret = desk.request.cookies.get(cookies.DEVICE, "")
    return await _sit_down(desk, secret, desk.form.raw("pin"))


async def _sit_down(desk: Desk, secret: str, pin: str) -> Response:
    try:
        staff_id = await devices.unlock(desk.deps, secret, pin)
    except PinRefused as problem:
        return _page(desk, "pin", _words(desk, str(problem)))
    except TooMany as busy:
        wait = say("Too many tries. Wait %(n)s s, then try again.") % {"n": busy.wait}
        return _page(desk, "pin", wait)
    except DeviceEnded as problem:
        answer = _page(desk, "code", _words(desk, str(problem)), registered=False)
        cookies.take(answer, cookies.DEVICE)
        return answer
    member = await desk.front.register.member(staff_id)
    if member is None:
        return _page(desk, "pin", say(UNKNOWN))
    return await begin(desk, member, SessionKind.OFFICER, desk.form.text("after") or DUTY)


def _words(desk: Desk, english: str) -> str:
    return desk.deps.country.current.wording.say(english, desk.language)


def _page(
    desk: Desk, field: str = "", wrong: str = "", *, registered: bool = True, after: str = ""
) -> Response:
    known = registered and cookies.DEVICE in desk.request.cookies
    going = after or desk.form.text("after") or DUTY
    return desk.page(
        "device/device.html",
        422 if wrong else 200,
        known=known,
        after=going if is_local(going) else DUTY,
        wrong={field: wrong} if wrong else {},
    )
