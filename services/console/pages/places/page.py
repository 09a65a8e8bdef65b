"""Routes of free places: more or fewer in one tap, for the services of one's own organisation."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from shared.events.words import Role
from shared.http.schemas import PathId

router = APIRouter()
SAID = {"saved": later("Saved. Who asks next sees it.")}
Working = Annotated[Desk, Depends(somebody(Role.WORKER))]


@router.get("/places")
async def places(desk: Working) -> Response:
    """What is free now, and who said so."""
    return await _page(desk)


@router.post("/places/{service}")
async def put(desk: Working, service: PathId) -> Response:
    """So many are free now."""
    free = desk.form.text("free", 6)
    if not free.isdecimal():
        return await _page(desk, say("Type a number, 0 or more"), 422)
    await desk.put("referral", f"/services/{service}/places", {"free": int(free)})
    return desk.to("/queue" if desk.form.has("queue") else "/places", "saved")


async def counted(desk: Desk) -> list[dict[str, Any]]:
    """The services of the person's organisation whose places are counted."""
    rooms = (await desk.get("referral", "/services"))["services"]
    return [each for each in rooms if each["free"] is not None]


async def _page(desk: Desk, wrong: str = "", status: int = 200) -> Response:
    rooms = await counted(desk)
    return desk.page("places/places.html", status, rooms=rooms, wrong=wrong, told=desk.told(SAID))
