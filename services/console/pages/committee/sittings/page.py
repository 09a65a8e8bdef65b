"""Routes of one sitting: all of it on a page, with what is to be done next; whom to invite."""

from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import later
from services.console.pages.committee.house import SERVICE, Keeping, Sitting, Wrong, keeps, show
from services.console.pages.committee.plan.words import WORKS
from services.console.pages.committee.sittings import table
from services.console.pages.committee.sittings.table import Table
from services.console.pages.committee.sittings.words import (
    ATTENDANCE,
    CONTROLS,
    KINDS,
    RESULTS,
    STATES,
    TOPICS,
)
from services.console.pages.committee.words import ACTIONS, bodies, body, label
from services.console.peers.client import PeerRefused
from shared.http.schemas import PathId

router = APIRouter()
NOBODY: dict[str, Any] = {"items": {}, "unheard": ()}
"""Whom an item is kept from, for those who are not told."""
SAID = {
    "planned": later("Saved. Now put on its agenda what it is to deal with."),
    "added": later("It is on the agenda."),
    "removed": later("It is off the agenda."),
    "invited": later("Saved whom to invite. The notice to print names them."),
    "here": later("Saved who is here."),
    "held": later("Saved. Now say what came of each item."),
    "settled": later("Saved. It can be corrected until the sitting is closed."),
    "closed": later("Closed. What was decided is among the actions now."),
    "reinstated": later("Planned again, with all that stood on its agenda."),
    "left": later("Recorded. They see nothing of that item any more."),
}


@router.get("/committee/sittings/{sitting_id}")
async def one(desk: Sitting, sitting_id: PathId) -> Response:
    """The whole of it, as far as the person sees it."""
    return await _show(desk, sitting_id)


@router.get("/committee/sittings/{sitting_id}/close")
async def ask_close(desk: Keeping, sitting_id: PathId) -> Response:
    """Is it all as it was? It cannot be taken back."""
    found = await table.read(desk, sitting_id)
    return show(desk, "sittings/close.html", **_told(desk, found))


@router.post("/committee/sittings/{sitting_id}/close")
async def close(desk: Keeping, sitting_id: PathId) -> Response:
    """What was decided is to be done from now on, and changes no more."""
    try:
        seen = desk.form.text("seen", 64)
        await desk.post(SERVICE, f"/sittings/{sitting_id}/close", {"seen": seen or None})
    except PeerRefused as refused:
        return await _show(desk, sitting_id, table.wrong_at(refused, {}))
    return desk.to(f"/committee/sittings/{sitting_id}", "closed")


@router.get("/committee/sittings/{sitting_id}/invited")
async def ask_invited(desk: Keeping, sitting_id: PathId) -> Response:
    """Whom?"""
    known = await desk.get(SERVICE, f"/sittings/{sitting_id}")
    return _invited(desk, sitting_id, [each["body"] for each in known["invited"]])


@router.post("/committee/sittings/{sitting_id}/invited")
async def invite(desk: Keeping, sitting_id: PathId) -> Response:
    """These bodies, and no others."""
    chosen = desk.form.all("bodies")
    try:
        await desk.put(SERVICE, f"/sittings/{sitting_id}/invited", {"bodies": chosen})
    except PeerRefused as refused:
        wrong = table.wrong_at(refused, {f"bodies[{n}]": "bodies" for n in range(len(chosen))})
        return _invited(desk, sitting_id, chosen, wrong)
    return desk.to(f"/committee/sittings/{sitting_id}", "invited")


def _invited(
    desk: Desk, sitting_id: str, chosen: list[str], wrong: Wrong | None = None
) -> Response:
    return show(
        desk,
        "sittings/invited.html",
        at=f"/committee/sittings/{sitting_id}",
        bodies=list(bodies(desk).items()),
        chosen=chosen,
        wrong=wrong or {},
    )


async def _show(desk: Desk, sitting_id: str, wrong: Wrong | None = None) -> Response:
    found = await table.read(desk, sitting_id)
    may_keep = await keeps(desk)
    barred = await desk.get(SERVICE, f"/sittings/{sitting_id}/barred") if may_keep else NOBODY
    return show(
        desk,
        "sittings/sitting.html",
        barred=barred["items"],
        unheard=barred["unheard"],
        kinds=KINDS,
        states=STATES,
        attendance=ATTENDANCE,
        controls=CONTROLS,
        keeps=may_keep,
        wrong=wrong or {},
        told=desk.told(SAID),
        **_told(desk, found),
    )


def _told(desk: Desk, found: Table) -> dict[str, Any]:
    """A sitting with what came of its items, and the words of that."""
    return {
        "table": found,
        "sitting": found.sitting,
        "label": label,
        "topics": TOPICS,
        "works": WORKS,
        "results": RESULTS,
        "acts": ACTIONS,
        "body": lambda code: body(desk, code),
    }
