"""Routes of what is due in a committee, each with where it is done."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.places import COMMITTEE, links_of
from services.console.pages.committee.house import SERVICE, keeps, own, show
from services.console.pages.committee.rooms import ROOMS
from services.console.pages.committee.words import ACTIONS, body, label
from shared.errors import NotFound
from shared.events.words import Role

router = APIRouter()
Anyone = Annotated[
    Desk,
    Depends(somebody(*COMMITTEE)),
]
MOST = 20
"""Lines of each list: what is done first makes room for the next."""
SOON = 14
"""Days ahead in which an action is shown before it is late."""


@router.get("/committee")
async def home(desk: Anyone) -> Response:
    """What is due; for whoever sits in no committee the first page that is theirs."""
    if not desk.has(Role.SECRETARY, Role.MEMBER):
        rooms = links_of(desk, ROOMS)
        return desk.to(rooms[0].path) if rooms else show(desk, "home/none.html")
    try:
        committee = await own(desk)
    except NotFound:
        return show(desk, "home/none.html")
    at = f"/committees/{committee['committee_id']}"
    actions = await desk.get(SERVICE, f"{at}/actions", status="open", limit=MOST)
    sittings = await desk.get(SERVICE, f"{at}/sittings")
    appeals = await desk.get(SERVICE, "/appeals", state="open", limit=MOST)
    return show(
        desk,
        "home/home.html",
        committee=committee,
        keeps=await keeps(desk),
        actions=[each for each in actions["actions"] if _days(desk, each["due"]) <= SOON],
        sitting=_next(sittings["sittings"]),
        appeals=_by_day(appeals["appeals"]),
        days=lambda until: _days(desk, until),
        label=label,
        acts=ACTIONS,
        body=partial(body, desk),
    )


def _days(desk: Desk, until: str) -> int:
    """Days from today; fewer than none where it is over."""
    return (date.fromisoformat(until) - desk.today).days


def _next(sittings: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    planned = [each for each in sittings if each["state"] == "planned"]
    return min(planned, key=lambda each: str(each["starts"]), default=None)


def _by_day(appeals: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return sorted(appeals, key=lambda each: each["answer_by"] or "9")
