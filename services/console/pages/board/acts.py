"""Routes of what a coordinator does about a case, each with its reason.

Whoever answers by telephone is entered as the person who said it; referral records both.
"""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from services.console.pages import offers
from shared.errors import NotFound
from shared.events.words import Role
from shared.http.schemas import PathId

router = APIRouter()
Coordinating = Annotated[Desk, Depends(somebody(Role.COORDINATOR))]
SAID = {
    "asked": later("Asked. You see here when they answer."),
    "cancelled": later("Taken back. The next one is asked."),
    "failed": later("Ended there. The next one is asked."),
    "handed": later("Handed over. The new case holder is told."),
    "answered": later("Entered. Who said it is recorded, and you too."),
    "grounded": later("Entered. Who can help is asked at once."),
    "voided": later("Marked as entered in error."),
    "closed": later("Closed. Nobody is asked any more."),
    "opened": later("Open again. Who can help is asked at once."),
}
ANSWERS = {"accept": later("Yes"), "received": later("Has seen it"), "reject": later("No")}


class Act(NamedTuple):
    """An act that asks for a reason: its heading, the list of reasons, and what is said after."""

    heading: str
    reasons: str
    done: str


OF_OFFER = {
    "cancel": Act(later("Take back"), "cancel_reasons", "cancelled"),
    "fail": Act(later("End it there"), "fail_reasons", "failed"),
    "handover": Act(later("Hand over"), "handover_reasons", "handed"),
}
OF_CASE = {
    "close": Act(later("Close the case"), "close_reasons", "closed"),
    "void": Act(later("Entered in error"), "void_reasons", "voided"),
}


@router.post("/board/{request_id}/ask")
async def ask(desk: Coordinating, request_id: PathId) -> Response:
    """One more is asked, whoever else is."""
    service = desk.form.text("service", 80)
    await desk.post("referral", f"/service-requests/{request_id}/offers", {"service": service})
    return desk.to(f"/board/{request_id}", "asked")


@router.post("/board/{request_id}/open-again")
async def open_again(desk: Coordinating, request_id: PathId) -> Response:
    """What was closed is referred again: also the way back from a slip."""
    await desk.post("referral", f"/service-requests/{request_id}/open-again")
    return desk.to(f"/board/{request_id}", "opened")


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
    return await _form(desk, request_id, offer_id, form)


@router.post("/board/{request_id}/offers/{offer_id}/{form}")
async def act(desk: Coordinating, request_id: PathId, offer_id: PathId, form: str) -> Response:
    """Takes an open offer back, ends a held one, or gives it to somebody else."""
    reason, to = desk.form.text("reason", 80), desk.form.text("to", 120)
    if form not in OF_OFFER or not reason or (form == "handover" and not to):
        return await _form(desk, request_id, offer_id, form, say("Choose from each list"))
    body = {"reason": reason} | ({"to": to} if form == "handover" else {})
    await desk.post("referral", f"/offers/{offer_id}/{form}", body)
    return desk.to(f"/board/{request_id}", OF_OFFER[form].done)


@router.get("/board/{request_id}/{form}")
async def ask_whole(desk: Coordinating, request_id: PathId, form: str) -> Response:
    """Why the case is closed, or void."""
    return await _form(desk, request_id, "", form)


@router.post("/board/{request_id}/{form}")
async def act_on_whole(desk: Coordinating, request_id: PathId, form: str) -> Response:
    """Nobody can help, or it was helped otherwise; or the whole was entered in error."""
    reason = desk.form.text("reason", 80)
    if form not in OF_CASE or not reason:
        return await _form(desk, request_id, "", form, say("Choose a reason"))
    await desk.post("referral", f"/service-requests/{request_id}/{form}", {"reason": reason})
    return desk.to(f"/board/{request_id}", OF_CASE[form].done)


async def _form(desk: Desk, request_id: str, offer_id: str, form: str, wrong: str = "") -> Response:
    known = (OF_OFFER if offer_id else OF_CASE).get(form)
    if known is None:
        raise NotFound
    at = f"/board/{request_id}" + (f"/offers/{offer_id}" if offer_id else "")
    return desk.page(
        "board/act.html",
        422 if wrong else 200,
        request_id=request_id,
        action=f"{at}/{form}",
        form=form,
        heading=say(known.heading),
        reasons=(await desk.words()).of(known.reasons),
        people=await _people(desk, request_id, offer_id) if form == "handover" else [],
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
