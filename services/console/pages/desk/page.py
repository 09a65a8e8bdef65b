"""Routes of the desk of a line or station: an officer with a plain telephone is helped by voice.

The case is found by its public id, the officer called back and known by two digits of their PIN.
Then what they say is entered for them, and what the survivor has allowed is read out to them: one
group in an answer, gone in the next.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.forms import outside_hours
from services.console.frame.sparse import sparse
from services.console.frame.texts import later, say
from services.console.pages.desk.call import Call
from services.console.pages.offers import called, calls
from services.console.peers.client import PeerRefused
from shared.errors import NotFound
from shared.events.words import Role
from shared.symbols import public_id

router = APIRouter()
AtDesk = Annotated[Desk, Depends(somebody(Role.OPERATOR))]
ACTS = {
    "accept": later("Yes is entered for them. Now what she has allowed can be read out."),
    "reject": later("No is entered for them. The next one is asked now."),
    "on-the-way": later("It is entered that they are on the way."),
    "start": later("It is entered that they are there."),
}
GROUPS = {
    "location": later("Where"),
    "identity": later("Who"),
    "children": later("Children"),
    "safe-contact": later("How to call back"),
    "contact": later("Her number"),
    "risk": later("Danger"),
    "health": later("Health"),
    "story": later("What happened"),
}
"""What is read out, in the order in which it is asked for on the line."""


@router.get("/desk")
async def ask(desk: AtDesk) -> Response:
    """Which code does the caller say?"""
    return _ask(desk)


@router.post("/desk/find")
async def find(desk: AtDesk) -> Response:
    """How far it is, and whom to call back. Each search is recorded, there and here."""
    typed = desk.form.text("code", 60)
    code = public_id(typed)
    if code is None:
        return _ask(desk, say("A code has six signs, like K4M7PX"), typed, 422)
    known = await called(desk, code)
    found = known["progress"] if known else []
    await desk.searched("public-id", found=bool(found))
    if not found:
        return _ask(desk, say("Nothing that your desk answers for is called so"), typed, 404)
    return await _found(desk, found)


@router.post("/desk/digits")
async def ask_digits(desk: AtDesk) -> Response:
    """Somebody was called back: which two digits to ask them for."""
    call = Call.of(desk.form)
    try:
        asked = await desk.post("notify", f"{call.who}/telephone-challenge")
    except PeerRefused as refused:
        return _on_line(desk, call, await desk.words(), refused=refused)
    return _digits(desk, call, asked["positions"])


@router.post("/desk/check")
async def check(desk: AtDesk) -> Response:
    """What they said; then they are known, or asked once more."""
    call, digits = Call.of(desk.form), desk.form.text("digits", 10)
    positions = [int(each) for each in desk.form.all("position") if each.isdecimal()]
    said = {"positions": positions, "digits": digits}
    try:
        judged = await desk.post("notify", f"{call.who}/telephone-check", said)
    except PeerRefused as refused:
        if refused.status == 422:
            return _digits(desk, call, positions, say("Two digits, as they said them"))
        return _on_line(desk, call, await desk.words(), refused=refused)
    if not judged["right"]:
        return _digits(desk, call, positions, say("These are not the digits. Ask once more."))
    return _on_line(desk, call.known(judged["proof"]), await desk.words())


@router.post("/desk/act/{verb}")
async def act(desk: AtDesk, verb: str) -> Response:
    """Yes, no, on the way or there: entered for whoever is on the line, in both names."""
    if verb not in ACTS:
        raise NotFound
    call, words = Call.of(desk.form), await desk.words()
    body = {"on_behalf_of": call.person}
    if verb == "reject":
        body["reason"] = desk.form.text("reason", 80)
    try:
        now = await desk.post("referral", f"{call.offer}/{verb}", body)
    except PeerRefused as refused:
        return _on_line(desk, call, words, refused=refused)
    return _on_line(desk, call.now(now), words, told=say(ACTS[verb]))


@router.post("/desk/read")
async def read(desk: AtDesk) -> Response:
    """One group, to say to the case holder. Recorded for both before it is answered."""
    call, group = Call.of(desk.form), desk.form.text("group", 40)
    if group not in GROUPS:
        raise NotFound
    try:
        ticket = await desk.post("referral", f"{call.offer}/ticket", {"on_behalf_of": call.person})
        asked = {"ticket": ticket["ticket"], "proof": call.proof, "group": group}
        said = await desk.post("intake", "/readings-out", asked | outside_hours(desk.form))
    except PeerRefused as refused:
        return _on_line(desk, call, await desk.words(), refused=refused)
    forms = await desk.forms()
    return _on_line(desk, call, await desk.words(), read=sparse(said), forms=forms)


def _ask(desk: Desk, wrong: str = "", typed: str = "", status: int = 200) -> Response:
    return desk.page("desk/desk.html", status, wrong=wrong, typed=typed)


async def _found(desk: Desk, found: Sequence[Any]) -> Response:
    rows = [(each, Call.about(each)) for each in found]
    for _, call in rows:
        await desk.viewed("offer", call.offer_id)
    numbers = await calls(desk, [call.offer_id for _, call in rows if call.open])
    return desk.page("desk/found.html", rows=rows, numbers=numbers, words=await desk.words())


def _digits(desk: Desk, call: Call, positions: Sequence[int], wrong: str = "") -> Response:
    status = 422 if wrong else 200
    return desk.page("desk/digits.html", status, call=call, positions=positions, wrong=wrong)


def _on_line(desk: Desk, call: Call, words: Any, **shown: Any) -> Response:
    refused: PeerRefused | None = shown.get("refused")
    values = {"refused": None, "told": "", "read": None, "forms": None} | shown
    groups = [(code, say(name)) for code, name in GROUPS.items()]
    return desk.page(
        "desk/call.html",
        refused.status if refused else 200,
        call=call,
        words=words,
        groups=groups,
        **values,
    )
