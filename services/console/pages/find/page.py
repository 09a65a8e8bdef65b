"""Routes of finding: an exact code leads to its case, and each search is recorded."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import say
from services.console.peers.client import PeerRefused
from shared.events.words import Role
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
    try:
        found = await desk.get("referral", f"/cases/{code}")
    except PeerRefused as refused:
        if refused.status != 404:
            raise
        await desk.searched("public-id", found=False)
        wrong = say("No case of yours is called so")
        return desk.page("find/find.html", 404, wrong=wrong, typed=typed)
    await desk.searched("public-id", found=True)
    if found["service_request"]:
        return desk.to(f"/board/{found['service_request']['service_request_id']}")
    return desk.to(f"/cases/{found['offers'][-1]['offer_id']}")
