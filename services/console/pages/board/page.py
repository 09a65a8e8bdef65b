"""Routes of the board: what waits for a person, why and since when; and one case as a whole.

Each act stands beside the reason for it. Whoever answers by telephone is entered as the person who
said it; referral records both.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from services.console.pages import offers
from shared.errors import NotFound
from shared.events.words import HELD, OPEN, Role
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
Coordinating = Annotated[Desk, Depends(somebody(Role.COORDINATOR))]
SAID = {
    "asked": later("Asked. You see here when they answer."),
    "cancelled": later("Taken back. The next one is asked."),
    "failed": later("Ended there. The next one is asked."),
    "handed": later("Handed over. The new case holder is told."),
    "answered": later("Entered. Who said it is recorded, and you too."),
    "voided": later("Marked as entered in error."),
}
ANSWERS = {"accept": later("Yes"), "received": later("Has seen it"), "reject": later("No")}
FORMS = {"cancel": "cancel_reasons", "fail": "fail_reasons", "handover": "handover_reasons"}
"""Acts on an offer that ask for a reason, and the list it is of."""
DONE = {"cancel": "cancelled", "fail": "failed", "handover": "handed"}


@router.get("/board")
async def board(desk: Coordinating, cursor: Cursor | None = None) -> Response:
    """What needs a person now, most urgent first."""
    page = await desk.get("referral", "/board", cursor=cursor)
    return desk.page(
        "board/board.html", needed=page["needed"], next=page.get("next"), words=await desk.words()
    )


@router.get("/board/all")
async def everything(
    desk: Coordinating, cursor: Cursor | None = None, fulfilment: str | None = None
) -> Response:
    """Every service request of the territories, or those that have come so far."""
    words = await desk.words()
    if fulfilment not in (None, *(code for code, _ in words.of("fulfilments"))):
        raise NotFound
    page = await desk.get("referral", "/service-requests", cursor=cursor, fulfilment=fulfilment)
    return desk.page(
        "board/all.html",
        requests=page["service_requests"],
        next=page.get("next"),
        words=words,
        chosen=fulfilment,
    )


@router.get("/board/{request_id}")
async def whole(desk: Coordinating, request_id: PathId) -> Response:
    """One case: who was asked, when they answered, and why these."""
    request = await desk.get("referral", f"/service-requests/{request_id}")
    await desk.viewed("service-request", request_id)
    living = [each for each in request["offers"] if each["status"] in OPEN | HELD]
    return desk.page(
        "board/whole.html",
        request=request,
        words=await desk.words(),
        calls=await offers.calls(desk, [each["offer_id"] for each in living]),
        open=OPEN,
        held=HELD,
        told=desk.told(SAID),
    )


@router.get("/board/{request_id}/ask")
async def candidates(desk: Coordinating, request_id: PathId) -> Response:
    """Who else could be asked, and why the others were left out."""
    found = await desk.get("referral", f"/service-requests/{request_id}/candidates")
    return desk.page("board/ask.html", request_id=request_id, services=found["services"])


@router.post("/board/{request_id}/ask")
async def ask(desk: Coordinating, request_id: PathId) -> Response:
    """One more is asked, whoever else is."""
    service = desk.form.text("service", 80)
    await desk.post("referral", f"/service-requests/{request_id}/offers", {"service": service})
    return desk.to(f"/board/{request_id}", "asked")


@router.get("/board/{request_id}/void")
async def ask_void(desk: Coordinating, request_id: PathId) -> Response:
    """Why it is void."""
    return await _form(desk, request_id, "", "void", "void_reasons")


@router.post("/board/{request_id}/void")
async def void(desk: Coordinating, request_id: PathId) -> Response:
    """The whole was entered in error."""
    reason = desk.form.text("reason", 80)
    if not reason:
        wrong = say("Choose a reason")
        return await _form(desk, request_id, "", "void", "void_reasons", wrong=wrong)
    await desk.post("referral", f"/service-requests/{request_id}/void", {"reason": reason})
    return desk.to(f"/board/{request_id}", "voided")


@router.get("/board/{request_id}/offers/{offer_id}/messages")
async def messages(desk: Coordinating, request_id: PathId, offer_id: PathId) -> Response:
    """Who was told of an offer, when, how, and what became of it."""
    sent = await desk.get("notify", f"/offers/{offer_id}/deliveries")
    return desk.page(
        "board/messages.html", request_id=request_id, sent=sent, words=await desk.words()
    )


@router.get("/board/{request_id}/offers/{offer_id}/answer")
async def ask_answer(desk: Coordinating, request_id: PathId, offer_id: PathId) -> Response:
    """Who said what on the telephone."""
    return await _answer_form(desk, request_id, offer_id)


@router.post("/board/{request_id}/offers/{offer_id}/answer")
async def answer(desk: Coordinating, request_id: PathId, offer_id: PathId) -> Response:
    """Somebody's answer is entered for them."""
    who, verb = desk.form.text("who", 120), desk.form.text("answer", 20)
    reason = desk.form.text("reason", 80)
    if not who or verb not in ANSWERS or (verb == "reject" and not reason):
        wrong = say("Choose who said it, what they said, and for a no the reason")
        return await _answer_form(desk, request_id, offer_id, wrong)
    body = {"on_behalf_of": who} | ({"reason": reason} if verb == "reject" else {})
    await desk.post("referral", f"/offers/{offer_id}/{verb}", body)
    return desk.to(f"/board/{request_id}", "answered")


@router.get("/board/{request_id}/offers/{offer_id}/{form}")
async def ask_reason(
    desk: Coordinating, request_id: PathId, offer_id: PathId, form: str
) -> Response:
    """What an act on an offer needs to know."""
    if form not in FORMS:
        raise NotFound
    return await _form(desk, request_id, offer_id, form, FORMS[form])


@router.post("/board/{request_id}/offers/{offer_id}/{form}")
async def act(desk: Coordinating, request_id: PathId, offer_id: PathId, form: str) -> Response:
    """Takes an open offer back, ends a held one, or gives it to somebody else."""
    if form not in FORMS:
        raise NotFound
    reason, to = desk.form.text("reason", 80), desk.form.text("to", 120)
    if not reason or (form == "handover" and not to):
        wrong = say("Choose from each list")
        return await _form(desk, request_id, offer_id, form, FORMS[form], wrong=wrong)
    body = {"reason": reason} | ({"to": to} if form == "handover" else {})
    await desk.post("referral", f"/offers/{offer_id}/{form}", body)
    return desk.to(f"/board/{request_id}", DONE[form])


async def _form(
    desk: Desk, request_id: str, offer_id: str, form: str, reasons: str, *, wrong: str = ""
) -> Response:
    people = await _people(desk, request_id, offer_id) if form == "handover" else []
    at = f"/board/{request_id}" + (f"/offers/{offer_id}" if offer_id else "")
    return desk.page(
        "board/act.html",
        422 if wrong else 200,
        request_id=request_id,
        action=f"{at}/{form}",
        form=form,
        reasons=(await desk.words()).of(reasons),
        people=people,
        wrong=wrong,
    )


async def _answer_form(desk: Desk, request_id: str, offer_id: str, wrong: str = "") -> Response:
    return desk.page(
        "board/answer.html",
        422 if wrong else 200,
        request_id=request_id,
        offer_id=offer_id,
        people=await _people(desk, request_id, offer_id),
        answers=[(code, say(words)) for code, words in ANSWERS.items()],
        reasons=(await desk.words()).of("reject_reasons"),
        wrong=wrong,
    )


async def _people(desk: Desk, request_id: str, offer_id: str) -> list[tuple[str, str]]:
    """The staff of the organisation that was asked, to choose from by name."""
    request = await desk.get("referral", f"/service-requests/{request_id}")
    offer = next((each for each in request["offers"] if each["offer_id"] == offer_id), None)
    if offer is None:
        raise NotFound
    return await offers.staff(desk, offer["organisation"], offer["person"])
