"""Routes of finding: an exact code leads to its case, and each search is recorded."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import say
from services.console.pages.offers import ANSWERABLE, called, case_at
from shared.events.words import HELD, Role
from shared.symbols import public_id

router = APIRouter()
Finding = Annotated[Desk, Depends(somebody(Role.WORKER, Role.COORDINATOR))]


@router.get("/find")
async def ask(desk: Finding) -> Response:
    """Which code?"""
    return desk.page("find/find.html", wrong="", typed="")


@router.post("/find")
async def find(desk: Finding) -> Response:
    """To the case that is called so; what is not the person's to see is not there."""
    typed = desk.form.text("code", 60)
    code = public_id(typed)
    if code is None:
        wrong = say("A code has six signs, like K4M7PX")
        return desk.page("find/find.html", 422, wrong=wrong, typed=typed)
    found = await called(desk, code)
    at = _where(desk, found) if found else None
    await desk.searched("public-id", found=at is not None)
    if at is None:
        wrong = say("No case of yours is called so")
        return desk.page("find/find.html", 404, wrong=wrong, typed=typed)
    return desk.to(at)


def _where(desk: Desk, found: Any) -> str | None:
    """Its page: the whole for who coordinates it, else the offer that is held, or can be answered,
    or came last; none for who answers a desk's calls, and has no page of it."""
    if found["service_request"]:
        return f"/board/{found['service_request']['service_request_id']}"
    offers = sorted(found["offers"], key=_use)
    return case_at(desk, offers[-1]["offer_id"]) if offers else None


def _use(offer: Any) -> tuple[bool, bool, str]:
    return offer["status"] in HELD, offer["status"] in ANSWERABLE, offer["requested_at"]
