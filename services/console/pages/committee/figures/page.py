"""Routes of the report: on screen, on paper, and as a table to take along."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from services.console.pages.committee.figures import showing
from services.console.pages.committee.figures.asked import Asked, above
from services.console.pages.committee.house import SERVICE, show
from shared.events.words import Role

router = APIRouter()
AT = "/committee/figures"
EXPORTED = "committee-report"
UNCOVERED = f"{EXPORTED}-not-to-hand-on"
Looking = Annotated[
    Desk, Depends(somebody(Role.SECRETARY, Role.MEMBER, Role.COORDINATOR, Role.AUDITOR))
]
Address = Annotated[Asked, Query()]
CLOCKS = {
    "happened": later("by the day it happened"),
    "entered": later("by the day it was entered"),
}
YEARS = 6
"""This one, and those before it that can be chosen."""


@router.get(AT)
async def report(desk: Looking, asked: Address) -> Response:
    """Figures beside those of a year before, and each place below."""
    return await _show(desk, asked, "report")


@router.get(f"{AT}/print")
async def paper(desk: Looking, asked: Address) -> Response:
    """The same on paper, to hand on unless the address says otherwise."""
    return await _show(desk, asked.leaving, "paper")


@router.post(f"{AT}/table")
async def table(desk: Looking) -> Response:
    """The same to take along; as paper is."""
    asked = Asked.typed(desk.form).leaving
    called = UNCOVERED if asked.outside == "false" else EXPORTED
    return await desk.table(SERVICE, "/report.csv", EXPORTED, called, **asked.fields)


async def _show(desk: Desk, asked: Asked, template: str) -> Response:
    asked = asked.by(desk)
    found = await desk.get(SERVICE, "/report", **asked.fields)
    whole, *below = found["tables"]
    return show(
        desk,
        f"figures/{template}.html",
        at=AT,
        asked=asked,
        report=found,
        whole=whole,
        figures=showing.figures(whole),
        bars=showing.bars(whole),
        compared=showing.side_by_side(below),
        above=above(desk, found),
        held_back=showing.held_back(found),
        number=showing.number,
        change=showing.change,
        period=_period(found),
        clock=say(CLOCKS[found["clock"]]),
        clocks=[(code, say(words)) for code, words in CLOCKS.items()],
        years=[(each, each) for each in _years(desk)],
        mine=_mine(desk),
    )


def _years(desk: Desk) -> list[str]:
    return [str(desk.today.year - each) for each in range(YEARS)]


def _mine(desk: Desk) -> list[tuple[str, str]]:
    """A coordinator's territories, where there are more than one to choose from."""
    if not desk.has(Role.COORDINATOR) or len(desk.caller.territories) < 2:
        return []
    places = desk.deps.country.current.territories
    return [(each, places.name_of(each, desk.language) or each) for each in desk.caller.territories]


def _period(found: Mapping[str, Any]) -> str:
    """``2026``, or ``quarter 3 of 2026``."""
    if found["quarter"] is None:
        return str(found["year"])
    return say("quarter %(quarter)s of %(year)s") % {
        "quarter": found["quarter"],
        "year": found["year"],
    }
