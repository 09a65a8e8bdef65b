"""Routes of the board: what waits for a person, why and since when; one case as a whole; and whom
to call about it. What a coordinator does about it is beside, in `acts`.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import later, say
from services.console.pages import offers
from services.console.pages.board import acts, ground
from services.console.pages.board.acts import SAID, Coordinating
from services.console.pages.board.told import told
from services.console.peers.client import PeerRefused
from shared.errors import NotFound
from shared.events.words import HELD, OPEN
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
MOST_CALLS = 50
"""Offers that notify is asked about at once."""
WHY_PRIVATE = {
    "no-answer": later("nobody answers the duty number"),
    "no-number": later("there is no duty number"),
    "cannot-wait": later("it cannot wait"),
}
"""Why a private number is read: recorded with who read whose."""


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
    """One case: who was asked, when they answered and why not, who has it, and why these."""
    request = await desk.get("referral", f"/service-requests/{request_id}")
    await desk.viewed("service-request", request_id)
    words, asked = await desk.words(), request["offers"]
    return desk.page(
        "board/whole.html",
        request=request,
        words=words,
        why=partial(offers.why, words),
        names=await offers.names(desk, offers.acted_at(asked)),
        calls=await offers.calls(desk, [each["offer_id"] for each in asked[-MOST_CALLS:]]),
        holder=next((each for each in asked if each["status"] in HELD), None),
        open=OPEN,
        held=HELD,
        told=desk.told(SAID),
    )


@router.get("/board/{request_id}/ask")
async def candidates(desk: Coordinating, request_id: PathId) -> Response:
    """Who else could be asked, whom to call there, and why the others were left out."""
    found = await desk.get("referral", f"/service-requests/{request_id}/candidates")
    request = await desk.get("referral", f"/service-requests/{request_id}")
    return desk.page(
        "board/ask.html",
        request_id=request_id,
        services=found["services"],
        left_out=found["left_out"],
        may_call=bool(request["offers"]),
    )


@router.get("/board/{request_id}/offers/{offer_id}/messages")
async def messages(desk: Coordinating, request_id: PathId, offer_id: PathId) -> Response:
    """Who was told of an offer, when, how, and what became of it."""
    sent = await desk.get("notify", f"/offers/{offer_id}/deliveries")
    return desk.page("board/messages.html", request_id=request_id, sent=[*map(told, sent)])


@router.get("/board/{request_id}/call/{organisation}")
async def whom_to_call(desk: Coordinating, request_id: PathId, organisation: PathId) -> Response:
    """Who is on duty there now, with duty and desk numbers."""
    return await _calls(desk, request_id, organisation)


@router.post("/board/{request_id}/call/{organisation}")
async def private_number(desk: Coordinating, request_id: PathId, organisation: PathId) -> Response:
    """Somebody's private number, when nobody else answers: recorded by notify before it is told."""
    who, reason = desk.form.text("who", 120), desk.form.text("reason", 40)
    if not who or reason not in WHY_PRIVATE:
        wrong = say("Choose whose number it is, and why")
        return await _calls(desk, request_id, organisation, wrong=wrong)
    offer_id = await _about(desk, request_id, organisation)
    asked = {"staff_id": who, "reason": reason}
    try:
        read = await desk.post("notify", f"/offers/{offer_id}/private-number", asked)
    except PeerRefused as refused:
        if refused.status != 404:
            raise
        wrong = say("This number is not yours to see: it is of another territory")
        return await _calls(desk, request_id, organisation, wrong=wrong)
    return await _calls(desk, request_id, organisation, read=read)


async def _about(desk: Desk, request_id: str, organisation: str) -> str:
    """The offer by which notify knows the case: one to that organisation, if there is one."""
    request = await desk.get("referral", f"/service-requests/{request_id}")
    there = [each for each in request["offers"] if each["organisation"] == organisation]
    known = there or request["offers"]
    if not known:
        raise NotFound
    offer_id: str = known[-1]["offer_id"]
    return offer_id


async def _calls(
    desk: Desk,
    request_id: str,
    organisation: str,
    *,
    read: Mapping[str, Any] | None = None,
    wrong: str = "",
) -> Response:
    offer_id = await _about(desk, request_id, organisation)
    watches = await _on_duty(desk, offer_id, organisation)
    known = (await desk.organisations()).get(organisation)
    people = {each["staff_id"]: each["name"] for watch in watches for each in watch["people"]}
    return desk.page(
        "board/call.html",
        422 if wrong else 200,
        request_id=request_id,
        at=f"/board/{request_id}/call/{organisation}",
        name=known.name if known else "",
        watches=watches,
        people=list(people.items()),
        reasons=[(code, say(words)) for code, words in WHY_PRIVATE.items()],
        read=read,
        wrong=wrong,
    )


async def _on_duty(desk: Desk, offer_id: str, organisation: str) -> list[dict[str, Any]]:
    """Whom to call there; nobody where it is not theirs to know."""
    try:
        found = await desk.get("notify", f"/offers/{offer_id}/on-duty", organisation=organisation)
    except PeerRefused as refused:
        if refused.status != 404:
            raise
        return []
    watches: list[dict[str, Any]] = found["on_duty"]
    return watches


router.include_router(ground.router)
router.include_router(acts.router)
