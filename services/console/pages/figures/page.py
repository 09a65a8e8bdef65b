"""Routes of the figures of response: on screen, on paper, as a table, and the rows behind them."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.pages.figures import charts, showing
from services.console.pages.figures.asked import Asked, Rows
from services.console.pages.figures.form import AT, ORGANISATION, SERVICE, again, form
from services.console.peers.client import PeerRefused
from shared.events.words import Role

router = APIRouter()
Looking = Annotated[Desk, Depends(somebody(Role.COORDINATOR, Role.AUDITOR))]
Address = Annotated[Asked, Query()]
Behind = Annotated[Rows, Query()]
EXCEL = "excel"
OF_ROWS = ("number", "part")
A = TypeVar("A", bound=Asked)


@router.get(AT)
async def figures(desk: Looking, asked: Address) -> Response:
    """The headline, the parts, and both pictures with their tables."""
    return await _well_asked(desk, asked, partial(_show, template="figures"))


@router.get(f"{AT}/print")
async def paper(desk: Looking, asked: Address) -> Response:
    """The same on paper."""
    return await _well_asked(desk, asked, partial(_show, template="paper"))


@router.post(f"{AT}/table")
async def table(desk: Looking) -> Response:
    """The same to take along."""
    asked, variant = Asked.typed(desk.form), desk.form.text("variant", 8) or EXCEL
    called = asked.called("figures", variant)
    query = {**asked.query, "variant": variant}
    return await desk.table(SERVICE, "/figures.csv", "figures", called, **query)


@router.get(f"{AT}/rows")
async def rows(desk: Looking, asked: Behind) -> Response:
    """What a number is made of."""
    return await _well_asked(desk, asked, _rows)


@router.post(f"{AT}/rows/table")
async def rows_table(desk: Looking) -> Response:
    """All of them to take along."""
    asked = Rows.typed(desk.form)
    kind = "figures-rows"
    called = asked.called(kind, EXCEL)
    return await desk.long_table(SERVICE, "/figures/rows.csv", kind, called, **asked.query)


@router.get(f"{AT}/late")
async def late(desk: Looking, asked: Behind) -> Response:
    """What was answered after its limit, or not at all."""
    return await _well_asked(desk, asked, _late)


@router.get(f"{AT}/unmet")
async def unmet(desk: Looking, asked: Address) -> Response:
    """What was needed, and where, and nobody had it."""
    return await _well_asked(desk, asked, _unmet)


@router.get(f"{AT}/definitions")
async def definitions(desk: Looking, asked: Address) -> Response:
    """What each number means."""
    return desk.page(
        "figures/definitions.html",
        back=asked.at(AT),
        means=await desk.get(SERVICE, "/figures/definitions"),
        words=await desk.words(SERVICE),
    )


async def _well_asked(
    desk: Desk, asked: A, show: Callable[[Desk, A], Awaitable[Response]]
) -> Response:
    """The page of what is asked for, or the form with what of it is wrong."""
    asked = asked.by_default(desk)
    try:
        return await show(desk, asked)
    except PeerRefused as refused:
        return await again(desk, asked, refused)


async def _show(desk: Desk, asked: Asked, template: str) -> Response:
    found = await desk.get(SERVICE, "/figures", **asked.query)
    return desk.page(
        f"figures/{template}.html",
        **await form(desk, asked),
        report=found,
        here=asked.at_cut(found["asked"]["cut"]),
        means=await desk.get(SERVICE, "/figures/definitions"),
        named=await _named(desk, asked, found),
        curve=charts.curve(found["steps"]),
        funnel=charts.funnel(found["silence"], found["limits"]),
        showing=showing,
    )


async def _rows(desk: Desk, asked: Rows) -> Response:
    return await _list(desk, asked, await desk.get(SERVICE, "/figures/rows", **asked.query))


async def _late(desk: Desk, asked: Rows) -> Response:
    query = {name: value for name, value in asked.query.items() if name not in OF_ROWS}
    return await _list(desk, asked, await desk.get(SERVICE, "/figures/late", **query), "late")


async def _unmet(desk: Desk, asked: Asked) -> Response:
    found = await desk.get(SERVICE, "/figures/unmet", **asked.query)
    return desk.page(
        "figures/unmet.html",
        at=AT,
        asked=asked.at_cut(found["asked"]["cut"]),
        found=found,
        count=showing.count,
        all=sum(each["nobody"] + each["refused"] for each in found["unmet"]),
    )


async def _list(desk: Desk, asked: Rows, found: Mapping[str, Any], kind: str = "rows") -> Response:
    ids = {each["organisation"] for each in found["rows"] if each["organisation"]}
    of_one: set[str] = {asked.part} if asked.by == ORGANISATION and asked.part else set()
    return desk.page(
        "figures/rows.html",
        at=AT,
        kind=kind,
        asked=asked.at_cut(found["asked"]["cut"]),
        found=found,
        named=await desk.called(ids | of_one),
        words=await desk.words(SERVICE),
        linked=desk.has(Role.COORDINATOR),
        took=showing.took,
        count=showing.count,
    )


async def _named(desk: Desk, asked: Asked, found: Mapping[str, Any]) -> Mapping[str, str]:
    """What organisations are called, where the parts are some, or one is picked out."""
    parts = found["parts"] if found["asked"]["by"] == ORGANISATION else ()
    return await desk.called(
        {each for each in (asked.organisation, *(p["key"] for p in parts)) if each}
    )
