"""Routes of the figures of response: on screen, on paper, as a table, and the rows behind them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.pages.figures import charts, showing
from services.console.pages.figures.asked import WHOLE, Asked, Rows
from services.console.peers.client import PeerRefused
from shared.events.words import Role

router = APIRouter()
AT, SERVICE = "/figures", "audit"
Looking = Annotated[Desk, Depends(somebody(Role.COORDINATOR, Role.AUDITOR))]
Address = Annotated[Asked, Query()]
Behind = Annotated[Rows, Query()]
WRONG = 422
EXCEL = "excel"
ORGANISATION = "organisation"
OF_ROWS = ("number", "part")
FILTERS = (ORGANISATION, "service", "urgency", "channel")


@router.get(AT)
async def figures(desk: Looking, asked: Address) -> Response:
    """The headline, the parts, and both pictures with their tables."""
    asked = asked.by_default(desk)
    try:
        return await _show(desk, asked, "figures")
    except PeerRefused as refused:
        if refused.status != WRONG:
            raise
        return await _again(desk, asked, refused)


@router.get(f"{AT}/print")
async def paper(desk: Looking, asked: Address) -> Response:
    """The same on paper."""
    return await _show(desk, asked.by_default(desk), "paper")


@router.post(f"{AT}/table")
async def table(desk: Looking) -> Response:
    """The same to take along."""
    asked, variant = Asked.typed(desk.form), desk.form.text("variant", 8) or EXCEL
    return await desk.table(SERVICE, "/figures.csv", "figures", variant=variant, **asked.query)


@router.get(f"{AT}/rows")
async def rows(desk: Looking, asked: Behind) -> Response:
    """What a number is made of."""
    asked = asked.by_default(desk)
    return await _list(desk, asked, await desk.get(SERVICE, "/figures/rows", **asked.query))


@router.post(f"{AT}/rows/table")
async def rows_table(desk: Looking) -> Response:
    """All of them to take along."""
    asked = Rows.typed(desk.form)
    return await desk.long_table(SERVICE, "/figures/rows.csv", "figures-rows", **asked.query)


@router.get(f"{AT}/late")
async def late(desk: Looking, asked: Behind) -> Response:
    """What was answered after its limit, or not at all."""
    asked = asked.by_default(desk)
    query = {name: value for name, value in asked.query.items() if name not in OF_ROWS}
    return await _list(desk, asked, await desk.get(SERVICE, "/figures/late", **query), "late")


@router.get(f"{AT}/unmet")
async def unmet(desk: Looking, asked: Address) -> Response:
    """What was needed, and where, and nobody had it."""
    asked = asked.by_default(desk)
    found = await desk.get(SERVICE, "/figures/unmet", **asked.query)
    return desk.page("figures/unmet.html", at=AT, asked=asked, found=found, count=showing.count)


@router.get(f"{AT}/definitions")
async def definitions(desk: Looking) -> Response:
    """What each number means."""
    return desk.page(
        "figures/definitions.html",
        at=AT,
        means=await desk.get(SERVICE, "/figures/definitions"),
        words=await desk.words(SERVICE),
    )


async def _show(desk: Desk, asked: Asked, template: str) -> Response:
    found = await desk.get(SERVICE, "/figures", **asked.query)
    return desk.page(
        f"figures/{template}.html",
        **await _form(desk, asked),
        wrong={},
        report=found,
        here=asked.at_cut(found["asked"]["cut"]),
        means=await desk.get(SERVICE, "/figures/definitions"),
        named=await _named(desk, found),
        curve=charts.curve(found["steps"]),
        funnel=charts.funnel(found["silence"], found["limits"]),
        showing=showing,
    )


async def _again(desk: Desk, asked: Asked, refused: PeerRefused) -> Response:
    """The form with what is wrong in it."""
    wrong = {each["field"].rpartition(".")[2]: each["message"] for each in refused.errors}
    return desk.page(
        "figures/form.html", WRONG, **await _form(desk, asked), wrong=wrong, refused=refused.title
    )


async def _form(desk: Desk, asked: Asked) -> Mapping[str, Any]:
    """What one may choose from."""
    words = await desk.words(SERVICE)
    filters = [(name, getattr(asked, name)) for name in FILTERS if getattr(asked, name)]
    return {
        "at": AT,
        "asked": asked,
        "words": words,
        "whole": WHOLE,
        "mine": _mine(desk),
        "filters": filters,
    }


async def _list(desk: Desk, asked: Rows, found: Mapping[str, Any], kind: str = "rows") -> Response:
    return desk.page(
        "figures/rows.html",
        at=AT,
        kind=kind,
        asked=asked.at_cut(found["asked"]["cut"]),
        found=found,
        named=await desk.called(_ids(found["rows"])),
        words=await desk.words(SERVICE),
        linked=desk.has(Role.COORDINATOR),
        took=showing.took,
    )


def _ids(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    return {each["organisation"] for each in rows if each["organisation"]}


async def _named(desk: Desk, found: Mapping[str, Any]) -> Mapping[str, str]:
    """What organisations are called, where the parts are some."""
    if found["asked"]["by"] != ORGANISATION:
        return {}
    return await desk.called({each["key"] for each in found["parts"] if each["key"]})


def _mine(desk: Desk) -> list[tuple[str, str]]:
    """A coordinator's territories, where there are more than one to choose from."""
    if not desk.has(Role.COORDINATOR) or len(desk.caller.territories) < 2:
        return []
    places = desk.deps.country.current.territories
    return [(each, places.name_of(each, desk.language) or each) for each in desk.caller.territories]
