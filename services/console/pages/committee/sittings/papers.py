"""Routes of what is printed of a sitting, in a language that the page lets one choose.

Each paper is what whoever prints it may see: public ids and the paper journal's numbers, and no
name but of members. A notice to one member has nothing of what that member must not learn of.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.moments import read as moment
from services.console.pages.committee.house import SERVICE, Sitting, keeps, show
from services.console.pages.committee.plan.words import WORKS
from services.console.pages.committee.sittings import table
from services.console.pages.committee.sittings.table import Table
from services.console.pages.committee.sittings.words import (
    ATTENDANCE,
    CONTROLS,
    KINDS,
    RESULTS,
    TOPICS,
)
from services.console.pages.committee.words import ACTIONS, body, label
from shared.errors import NotFound
from shared.http.schemas import PathId

router = APIRouter()


class Paper(StrEnum):
    """What is printed of a whole sitting."""

    NOTICE = "notice"
    ATTENDANCE = "attendance"
    MINUTES = "minutes"


@router.get("/committee/sittings/{sitting_id}/paper/{paper}")
async def whole(
    desk: Sitting,
    sitting_id: PathId,
    paper: Paper,
    to: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    """A notice, an attendance sheet, or minutes. ``to``: the member whom the notice is for."""
    found = await table.read(desk, sitting_id)
    if paper is Paper.MINUTES and found.sitting["state"] != "held":
        raise NotFound
    keeper = await keeps(desk)
    items = found.items
    if to and keeper and paper is Paper.NOTICE:
        barred = (await desk.get(SERVICE, f"/sittings/{sitting_id}/barred"))["items"]
        items = _for_one(items, to, barred)
        if not items:  # to them there is no such sitting
            raise NotFound
    return _show(
        desk,
        found,
        f"paper_{paper}",
        items=items,
        to=to if keeper else "",
        keeps=keeper,
        to_whom=found.people(empty=""),
    )


@router.get("/committee/sittings/{sitting_id}/paper/decision/{decision_id}")
async def extract(desk: Sitting, sitting_id: PathId, decision_id: PathId) -> Response:
    """One decision for the body that is to do it, without the others."""
    found = await table.read(desk, sitting_id)
    for item in found.items:
        for each in item["decisions"]:
            if each["decision_id"] == decision_id:
                return _show(desk, found, "paper_extract", item=item, decision=each)
    raise NotFound


def _for_one(
    items: Sequence[Mapping[str, Any]], to: str, barred: Mapping[str, Sequence[str]]
) -> list[Mapping[str, Any]]:
    """The agenda as a member may know it, numbered without what they may not."""
    shown = [
        each
        for each in items
        if to not in each["left"] and to not in barred.get(each["item_id"], ())
    ]
    return [{**each, "number": number} for number, each in enumerate(shown, 1)]


def _show(desk: Desk, found: Table, template: str, **values: Any) -> Response:
    country = desk.deps.country.current
    rules = country.profile.sittings
    return show(
        desk,
        f"sittings/{template}.html",
        table=found,
        sitting=found.sitting,
        name=rules.name.get(desk.language, ""),
        basis=rules.basis.get(desk.language, ""),
        label=label,
        kinds=KINDS,
        topics=TOPICS,
        works=WORKS,
        results=RESULTS,
        statuses=ATTENDANCE,
        acts=ACTIONS,
        controls=CONTROLS,
        body=lambda code: body(desk, code),
        clock=lambda at: moment(at).astimezone(country.zone).strftime("%H:%M"),
        **values,
    )
