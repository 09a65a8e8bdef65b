"""Routes of what committees plan together with one's organisation: its own yes, or no."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later
from services.console.pages.committee.house import SERVICE, show, wrong_of
from services.console.pages.committee.plan import words
from services.console.pages.committee.words import body, label
from services.console.peers.client import PeerRefused
from shared.events.words import Role
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
AT = "/planned-together"
Answering = Annotated[Desk, Depends(somebody(Role.SECRETARY, Role.WORKER, Role.COORDINATOR))]
"""Whoever may speak for their organisation."""
SAID = {
    "yes": later("You said yes. Until it is done you may say otherwise."),
    "no": later("You said no. Until it is done you may say otherwise."),
}


@router.get(AT)
async def listed(desk: Answering, cursor: Cursor | None = None) -> Response:
    """What is planned with us, this year and later."""
    return await _listed(desk, cursor)


@router.post(AT + "/{item_id}")
async def reply(desk: Answering, item_id: PathId) -> Response:
    """Our yes, or our no, to what was shown."""
    yes, version = desk.form.text("say", 3) == "yes", desk.form.text("version", 12)
    answer = {"yes": yes, "version": int(version) if version.isdecimal() else 1}
    try:
        await desk.put(SERVICE, f"/joint-items/{item_id}/answer", answer)
    except PeerRefused as refused:
        return await _listed(desk, None, wrong_of(refused))
    return desk.to(AT, "yes" if yes else "no")


async def _listed(desk: Desk, cursor: str | None, wrong: dict[str, str] | None = None) -> Response:
    found = await desk.get(SERVICE, "/joint-items", cursor=cursor)
    return show(
        desk,
        "plan/joint.html",
        items=found["items"],
        names=await desk.called({each["organisation"] for each in found["items"]}),
        next=found.get("next"),
        told=desk.told(SAID),
        words=words,
        label=label,
        body=partial(body, desk),
        wrong=wrong,
    )
