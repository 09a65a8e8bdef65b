"""Routes of a conflict: somebody leaves for an item, and sees nothing of it any more, for ever."""

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import say
from services.console.pages.committee.house import SERVICE, Sitting, Wrong, keeps, show
from services.console.pages.committee.plan.words import WORKS
from services.console.pages.committee.sittings import table
from services.console.pages.committee.sittings.words import TOPICS
from services.console.pages.committee.words import label
from services.console.peers.client import PeerRefused
from shared.http.schemas import PathId

router = APIRouter()


@router.get("/committee/sittings/{sitting_id}/agenda/{item_id}/leave")
async def ask(desk: Sitting, sitting_id: PathId, item_id: PathId) -> Response:
    """Who, and do they know what it does?"""
    return await _form(desk, sitting_id, item_id)


@router.post("/committee/sittings/{sitting_id}/agenda/{item_id}/leave")
async def leave(desk: Sitting, sitting_id: PathId, item_id: PathId) -> Response:
    """From now on, and for what was before, the item is not there for them.

    Whoever was asked who it is says it: nobody leaves for ever by a field that was overlooked.
    """
    who = desk.form.text("staff_id", 120)
    own = who in ("", desk.caller.staff_id)
    wrong: Wrong = {}
    if not who and desk.form.has("staff_id"):
        wrong["staff_id"] = say("Say who has a conflict")
    sure = desk.form.has("sure")
    if wrong or not sure:
        return await _form(desk, sitting_id, item_id, wrong, sure=sure)
    path = f"/sittings/{sitting_id}/agenda/{item_id}/leave"
    try:
        await desk.post(SERVICE, path, {} if own else {"staff_id": who})
    except PeerRefused as refused:
        wrong = table.wrong_at(refused, {"staff_id": "staff_id"})
        return await _form(desk, sitting_id, item_id, wrong)
    # of oneself the sitting may be hidden from here on, and no address may say which it was
    at = "/committee/sittings" if own else f"/committee/sittings/{sitting_id}"
    return desk.to(at, "left")


async def _form(
    desk: Desk, sitting_id: str, item_id: str, wrong: Wrong | None = None, *, sure: bool = True
) -> Response:
    found = await table.read(desk, sitting_id)
    item = found.item(item_id)
    myself = desk.caller.staff_id
    others = [
        each["staff_id"]
        for each in found.members
        if each["staff_id"] not in item["left"] and each["staff_id"] != myself
    ]
    return show(
        desk,
        "sittings/leave.html",
        at=found.at,
        item=item,
        myself=myself,
        others=found.people(others) if await keeps(desk) else [],
        chosen=desk.form.text("staff_id", 120),
        label=label,
        topics=TOPICS,
        works=WORKS,
        unsure=not sure,
        wrong=wrong or {},
    )
