"""Routes of planning: the sittings of a year, a new one, another day for one, and none at all."""

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.moments import read as moment
from services.console.frame.texts import later
from services.console.pages.committee.house import (
    SERVICE,
    Keeping,
    Sitting,
    Wrong,
    keeps,
    new_id,
    own,
    show,
    wrong_of,
)
from services.console.pages.committee.registers import Year, years
from services.console.pages.committee.sittings import table
from services.console.pages.committee.sittings.words import KINDS, STATES
from services.console.pages.committee.words import label, options
from services.console.peers.client import PeerRefused
from shared.http.schemas import PathId

router = APIRouter()
SAID = {
    "left": later("Recorded. You see nothing of that item any more."),
    "cancelled": later("Cancelled. It stays in the list."),
}
NOTICE = timedelta(days=14)
"""How far ahead an ordinary sitting is offered: people must be told, and papers read."""


@router.get("/committee/sittings")
async def sittings(desk: Sitting, year: Year = None) -> Response:
    """Those of a year."""
    committee = await own(desk)
    wanted = year or desk.today.year
    path = f"/committees/{committee['committee_id']}/sittings"
    found = await desk.get(SERVICE, path, year=wanted)
    return show(
        desk,
        "sittings/list.html",
        sittings=found["sittings"],
        year=wanted,
        years=years(wanted, desk.today.year, ahead=1),
        label=label,
        kinds=KINDS,
        states=STATES,
        keeps=await keeps(desk),
        told=desk.told(SAID),
    )


@router.get("/committee/sittings/new")
async def ask_new(desk: Keeping, kind: str = "ordinary") -> Response:
    """When? An ordinary one in two weeks, an emergency one within the hour."""
    local = desk.now.astimezone(desk.deps.country.current.zone)
    given = {"kind": "ordinary", "day": _workday(local.date() + NOTICE), "time": "14:00"}
    if kind == "emergency":
        soon = local.replace(minute=0) + timedelta(hours=1)
        given = {"kind": kind, "day": soon.date().isoformat(), "time": soon.strftime("%H:%M")}
    return await _form(desk, "", given | {"sitting_id": new_id()})


@router.post("/committee/sittings/new")
async def new(desk: Keeping) -> Response:
    """One more. Sent twice, it is there once."""
    return await _save(desk, "")


@router.get("/committee/sittings/{sitting_id}/plan")
async def ask_plan(desk: Keeping, sitting_id: PathId) -> Response:
    """As it is planned."""
    known = await desk.get(SERVICE, f"/sittings/{sitting_id}")
    starts = moment(known["starts"]).astimezone(desk.deps.country.current.zone)
    given = {
        "kind": known["kind"],
        "day": starts.date().isoformat(),
        "time": starts.strftime("%H:%M"),
        "sitting_id": sitting_id,
    }
    return await _form(desk, sitting_id, given)


@router.post("/committee/sittings/{sitting_id}/plan")
async def plan(desk: Keeping, sitting_id: PathId) -> Response:
    """Another day, or another kind."""
    return await _save(desk, sitting_id)


@router.post("/committee/sittings/{sitting_id}/cancel")
async def cancel(desk: Keeping, sitting_id: PathId) -> Response:
    """It will not be held."""
    await desk.post(SERVICE, f"/sittings/{sitting_id}/cancel")
    return desk.to("/committee/sittings", "cancelled")


@router.post("/committee/sittings/{sitting_id}/reinstate")
async def reinstate(desk: Keeping, sitting_id: PathId) -> Response:
    """It will be held after all."""
    await desk.post(SERVICE, f"/sittings/{sitting_id}/reinstate")
    return desk.to(f"/committee/sittings/{sitting_id}", "reinstated")


async def _save(desk: Desk, sitting_id: str) -> Response:
    given = {name: desk.form.text(name, 40) for name in ("kind", "day", "time", "sitting_id")}
    wrong: Wrong = {}
    starts = table.at_once(desk, given["day"], given["time"], wrong, "starts")
    if starts is None:
        return await _form(desk, sitting_id, given, wrong)
    committee = await own(desk)
    wanted = sitting_id or given["sitting_id"]
    path = f"/committees/{committee['committee_id']}/sittings/{wanted}"
    try:
        body = {"kind": given["kind"], "starts": starts.isoformat()}
        await desk.put(SERVICE, path, body)
    except PeerRefused as refused:
        return await _form(desk, sitting_id, given, wrong_of(refused))
    return desk.to(f"/committee/sittings/{wanted}", "planned")


async def _form(
    desk: Desk, sitting_id: str, given: dict[str, Any], wrong: Wrong | None = None
) -> Response:
    return show(
        desk,
        "sittings/plan.html",
        at=f"/committee/sittings/{sitting_id}" if sitting_id else "/committee/sittings",
        new=not sitting_id,
        given=given,
        kinds=options(KINDS),
        wrong=wrong or {},
    )


def _workday(day: date) -> str:
    """The day itself, or the Monday behind it where it is a day of the week's end."""
    return (day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)).isoformat()
