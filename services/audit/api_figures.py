"""Routes of the figures of response, for coordinators of their territories and for auditors.

They parse, hand on and return. No rule and no SQL stands here.
"""

from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from services.audit.bodies_figures import (
    FiguresQuery,
    PageQuery,
    RowsPageQuery,
    RowsTableQuery,
    TableQuery,
)
from services.audit.callers import LOOKING, DepsOf, LookingTx
from services.audit.handlers import figures
from services.audit.handlers.figures import Told, Wanted
from services.audit.publish import figures_exported
from services.audit.store import tree
from services.audit.tables_figures import ABOUT, LINE, ROW, about, lines, rows
from services.audit.views_definitions import DefinitionsView
from services.audit.views_figures import (
    AskedView,
    FiguresView,
    RowsView,
    RowView,
    UnmetsView,
    UnmetView,
)
from services.audit.words_figures import Said, vocabularies
from shared import deadline
from shared.csv_text import csv_head, csv_lines, csv_rows
from shared.http.pages import Moment, Page, Position, filled
from shared.http.tables import TEXT, Table, piecemeal, streamed
from shared.http.web import Db, Viewing
from shared.security.visibility import seen_by
from shared.terms import Term

PATIENCE = 4.5
"""Seconds for a report: of a year and a whole country it takes longer than a page of rows, on a
machine that has other work; whoever asks waits longer still."""

DAYS_AT_ONCE = 7
"""Days of which the rows are read, and sent, together."""


async def patient() -> None:
    """From here on the request has as long as a report may take."""
    deadline.begin(PATIENCE)


router = APIRouter(dependencies=[Depends(patient)])


class Behind(Position):
    """Behind so many waits, of those that there were at the cut of the first page."""

    of: str = "waits"
    count: int
    cut: Moment

    @classmethod
    def wanted(cls, asked: PageQuery) -> Wanted:
        """What is asked for, at the cut of the page before."""
        after = cls.at(asked.cursor)
        return asked.wanted if after is None else replace(asked.wanted, cut=after.cut)


@router.get("/figures")
async def show_figures(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, asked: Annotated[FiguresQuery, Query()]
) -> FiguresView:
    """The share answered within the limit, how long it took, and what became of all, as it was at
    the cut."""
    made = await figures.make(tx, deps, viewer, asked.wanted)
    return FiguresView.of(made, Said(deps.country.current, viewer.language))


@router.get("/figures.csv", response_class=Table, responses=TEXT)
async def download_figures(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, asked: Annotated[TableQuery, Query()]
) -> StreamingResponse:
    """The same as a table. It is said that it was taken."""
    made = await figures.make(tx, deps, viewer, asked.wanted)
    said = Said(deps.country.current, viewer.language)
    view = FiguresView.of(made, said)
    size = await tree.size(tx)
    figures_exported(tx, viewer.staff_id, "figures", 1 + len(view.parts), (view.asked.cut, size))
    head = [said.say(each) for each in (*ABOUT, *LINE)]
    return streamed(csv_lines(head, lines(view, said), asked.variant), f"figures-{view.version}")


@router.get("/figures/rows")
async def list_rows(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, asked: Annotated[RowsPageQuery, Query()]
) -> RowsView:
    """The waits of which a number is made, by their beginning."""
    told = await figures.rows(tx, deps, viewer, Behind.wanted(asked), (asked.number, asked.part))
    said = Said(deps.country.current, viewer.language)
    part = None if asked.part is None else said.part(asked.by, asked.part)
    return await _page(told, said, asked, part)


@router.get("/figures/rows.csv", response_class=Table, responses=TEXT)
async def download_rows(
    tx: LookingTx, db: Db, deps: DepsOf, viewer: Viewing, asked: Annotated[RowsTableQuery, Query()]
) -> StreamingResponse:
    """All of them as a table, however many. It is said that it was taken, before the first."""
    of = asked.number, asked.part
    made, count = await figures.how_many(tx, deps, viewer, asked.wanted, of)
    understood = made.report.asked
    size = await tree.size(tx)
    figures_exported(tx, viewer.staff_id, "rows", count, (understood.cut, size))
    said = Said(deps.country.current, viewer.language)
    told = about(FiguresView.of(made, said), said)

    async def blocks() -> AsyncIterator[str]:
        yield csv_head([said.say(each) for each in (*ABOUT, *ROW)], asked.variant)
        for piece in understood.period.split(DAYS_AT_ONCE) if count else ():
            with deadline.within(PATIENCE):
                async with seen_by(db, viewer, *LOOKING) as reading:
                    found = await figures.some_rows(reading, replace(understood, period=piece), of)
            views = (RowView.of(*each, understood.cut, said) for each in found)
            yield await to_thread("".join, csv_rows(rows(views, told, said), asked.variant))

    return piecemeal(blocks(), "figures-rows", count)


@router.get("/figures/late")
async def list_late(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, asked: Annotated[PageQuery, Query()]
) -> RowsView:
    """What was answered after its limit, or not at all, the latest first."""
    told = await figures.late_list(tx, deps, viewer, Behind.wanted(asked))
    said = Said(deps.country.current, viewer.language)
    return await _page(told, said, asked)


@router.get("/figures/unmet")
async def list_unmet(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, asked: Annotated[FiguresQuery, Query()]
) -> UnmetsView:
    """What was needed, where, and nobody had it."""
    understood, found = await figures.unmet_needs(tx, deps, viewer, asked.wanted)
    said = Said(deps.country.current, viewer.language)
    return UnmetsView(
        asked=AskedView.of(understood, said), unmet=[UnmetView.of(each, said) for each in found]
    )


@router.get("/figures/definitions")
async def show_definitions(_tx: LookingTx, deps: DepsOf, viewer: Viewing) -> DefinitionsView:
    """What each clock, class and number means."""
    return DefinitionsView.of(Said(deps.country.current, viewer.language))


@router.get("/vocabularies")
async def list_vocabularies(deps: DepsOf, viewer: Viewing) -> dict[str, list[Term]]:
    """Every closed list with its codes and their words in the caller's language."""
    return vocabularies(deps.country.current, viewer.language)


async def _page(told: Told, said: Said, asked: PageQuery, part: str | None = None) -> RowsView:
    """``limit`` of them: the list is the same for each page of one cut."""
    waits, cut = told.waits, told.asked.cut

    async def read(after: Behind | None, most: int) -> Sequence[tuple[Behind, RowView]]:
        first = after.count if after else 0
        some = waits[first : first + most]
        return [
            (Behind(count=first + at + 1, cut=cut), RowView.of(*each, cut, said))
            for at, each in enumerate(some)
        ]

    page: Page[RowView] = await filled(read, Behind.at(asked.cursor), asked.limit)
    return RowsView(
        asked=AskedView.of(told.asked, said),
        count=len(waits),
        part=part,
        withheld=told.asked.outside,
        rows=page.rows,
        next=page.next,
    )
