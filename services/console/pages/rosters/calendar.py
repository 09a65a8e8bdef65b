"""Routes of one's own calendar: one secret address for a telephone, made, shown once, revoked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.front import Front
from services.console.frame.texts import later
from shared.events.words import Role
from shared.http.schemas import PathId

router = APIRouter()
Serving = Annotated[Desk, Depends(somebody(Role.WORKER, Role.COORDINATOR))]
SAID = {"revoked": later("Revoked. Nothing is read at that address any more.")}


@router.get("/rosters/calendar")
async def show(desk: Serving) -> Response:
    """Whether there is one."""
    return await _page(desk)


@router.post("/rosters/calendar")
async def make(desk: Serving) -> Response:
    """A new one, in the answer to this alone; the one before holds no more."""
    made = await desk.post("notify", "/calendar-feeds")
    return await _page(desk, desk.deps.settings.origin + made["path"])


@router.post("/rosters/calendar/revoke")
async def revoke(desk: Serving) -> Response:
    """None any more."""
    await desk.delete("notify", "/calendar-feeds")
    return desk.to("/rosters/calendar", "revoked")


@router.get("/calendar/{secret}.ics")
async def read(request: Request, secret: PathId) -> Response:
    """What a telephone's calendar reads. It has no session: notify knows whose address it is."""
    front: Front = request.app.state.front
    text = await front.peers.read("notify", f"/calendar/{secret}.ics")
    return Response(text, media_type="text/calendar")


async def _page(desk: Desk, address: str = "") -> Response:
    feeds = await desk.get("notify", "/calendar-feeds")
    return desk.page("rosters/calendar.html", feeds=feeds, address=address, told=desk.told(SAID))
