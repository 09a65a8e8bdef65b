"""Routes of the plan of work of a committee: read, entered, changed, done."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import later, say
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
from services.console.pages.committee.plan import words
from services.console.pages.committee.plan.typed import Row
from services.console.pages.committee.registers import Year, years
from services.console.pages.committee.words import bodies, body, label, options
from services.console.peers.client import PeerRefused
from shared.errors import Invalid, NotFound
from shared.http.schemas import PathId

router = APIRouter()
AT = "/committee/plan"
SAID = {
    "saved": later("Saved."),
    "done": later("Done. It can be taken back in its row."),
    "undone": later("It is to be done again."),
    "dropped": later("Taken out of the plan."),
}


@router.get(AT)
async def plan(desk: Sitting, year: Year = None) -> Response:
    """The table of a year, as the kenesh approves it."""
    wanted = year or desk.today.year
    found = await desk.get(SERVICE, f"/plans/{wanted}")
    return show(
        desk,
        "plan/list.html",
        keeps=await keeps(desk),
        year=wanted,
        years=years(wanted, desk.today.year, ahead=1),
        items=found["items"],
        others=await desk.called({each["joint_with"] for each in found["items"]} - {None}),
        told=desk.told(SAID),
        words=words,
        label=label,
        body=partial(body, desk),
    )


@router.get(f"{AT}/new")
async def ask_new(desk: Keeping, year: Year = None) -> Response:
    """An empty row."""
    return await _form(desk, new_id(), Row(year=str(year or desk.today.year)), new=True)


@router.post(AT)
async def enter(desk: Keeping) -> Response:
    """One more row; the form carries its id, so that twice is once."""
    return await _save(desk, desk.form.text("id", 64), new=True)


@router.get(AT + "/{year}/{item_id}")
async def one(desk: Keeping, year: int, item_id: PathId) -> Response:
    """A row to change, to finish or to take out."""
    item = await _item(desk, year, item_id)
    if item["done_on"]:
        return desk.to(AT, year=str(year))
    return await _form(desk, item_id, Row.of(item), new=False)


@router.post(AT + "/{year}/{item_id}")
async def change(desk: Keeping, item_id: PathId) -> Response:
    """The row as it shall be."""
    return await _save(desk, item_id, new=False)


@router.post(AT + "/{year}/{item_id}/done")
async def done(desk: Keeping, year: int, item_id: PathId) -> Response:
    """It was done on a day; without one that is taken back."""
    day = desk.form.text("done_on", 10) or None
    try:
        await desk.put(SERVICE, f"/plan-items/{item_id}/done", {"done_on": day})
    except PeerRefused as refused:
        item = await _item(desk, year, item_id)
        return await _form(desk, item_id, Row.of(item), wrong_of(refused), new=False)
    return desk.to(AT, "done" if day else "undone", year=str(year))


@router.post(AT + "/{year}/{item_id}/drop")
async def drop(desk: Keeping, year: int, item_id: PathId) -> Response:
    """It was a mistake."""
    try:
        await desk.delete(SERVICE, f"/plan-items/{item_id}")
    except PeerRefused as refused:
        item = await _item(desk, year, item_id)
        return await _form(desk, item_id, Row.of(item), wrong_of(refused), new=False)
    return desk.to(AT, "dropped", year=str(year))


async def _item(desk: Desk, year: int, item_id: str) -> Mapping[str, Any]:
    items = (await desk.get(SERVICE, f"/plans/{year}"))["items"]
    found: Mapping[str, Any] | None = next(
        (each for each in items if each["item_id"] == item_id), None
    )
    if found is None:
        raise NotFound
    return found


async def _save(desk: Desk, item_id: str, *, new: bool) -> Response:
    row = Row.typed(desk.form)
    try:
        await desk.put(SERVICE, f"/plan-items/{item_id}", row.body())
    except Invalid as problem:
        return await _form(desk, item_id, row, {problem.field: say(problem.message)}, new=new)
    except PeerRefused as refused:
        return await _form(desk, item_id, row, wrong_of(refused), new=new)
    return desk.to(AT, "saved", year=row.year)


async def _form(
    desk: Desk, item_id: str, row: Row, wrong: Wrong | None = None, *, new: bool
) -> Response:
    year = row.in_address(desk.today.year)
    at = f"{AT}/{year}/{item_id}"
    return show(
        desk,
        "plan/form.html",
        at=at,
        year=year,
        action=AT if new else at,
        item_id=item_id,
        new=new,
        row=row,
        today=desk.today.isoformat(),
        bodies=[("", "–"), *bodies(desk).items()],
        others=[("", say("nobody: we do it alone")), *(await _others(desk)).items()],
        words=words,
        options=options,
        wrong=wrong,
    )


async def _others(desk: Desk) -> Mapping[str, str]:
    """Organisations round the committee, by id: those that may plan with it."""
    territory = (await own(desk))["territory"]
    found = await desk.get("referral", "/organisations", near=territory)
    own_id = desk.signed_in.organisation
    return {
        each["organisation"]: each["name"]
        for each in found["organisations"]
        if each["organisation"] != own_id
    }
