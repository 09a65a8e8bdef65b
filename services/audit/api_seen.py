"""Routes of who looked at what, for coordinators of their territories and for auditors.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from services.audit.api_figures import patient
from services.audit.callers import DepsOf, LookingTx
from services.audit.publish import figures_exported
from services.audit.seen import lists
from services.audit.seen.asking import MOST_ROWS, understood, whole
from services.audit.seen.bodies import SeenPageQuery, SeenTableQuery
from services.audit.seen.table import ROW, rows
from services.audit.seen.views import CountView, LooksView, LookView
from services.audit.store import tree
from services.audit.words_figures import Said
from shared.csv_text import csv_lines
from shared.http.pages import Id, Moment, Page, Position, filled
from shared.http.tables import TEXT, Table, streamed
from shared.http.web import Viewing

router = APIRouter(dependencies=[Depends(patient)])


class Behind(Position):
    """Behind a look."""

    of: str = "looks"
    at_time: Moment
    event_id: Id


@router.get("/views")
async def list_views(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, asked: Annotated[SeenPageQuery, Query()]
) -> LooksView:
    """Who looked at a case, or what a person or the people of an organisation looked at, looked
    for, took along, and were refused; the newest first."""
    sought = await understood(tx, deps.country.current, viewer, asked.wanted)

    async def read(after: Behind | None, most: int) -> Sequence[tuple[Behind, LookView]]:
        behind = (after.at_time, after.event_id) if after else None
        return [
            (
                Behind(at_time=each.at, event_id=each.event_id),
                LookView.of(each, withheld=sought.withheld),
            )
            for each in await lists.newest(tx, sought.among, behind, most)
        ]

    page: Page[LookView] = await filled(read, Behind.at(asked.cursor), asked.limit)
    return LooksView(
        of=asked.of,
        id=asked.id,
        since=asked.since,
        until=asked.until,
        withheld=sought.withheld,
        counts=[CountView.of(each) for each in await lists.counts(tx, sought.among)],
        looks=page.rows,
        next=page.next,
    )


@router.get("/views.csv", response_class=Table, responses=TEXT)
async def download_views(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, asked: Annotated[SeenTableQuery, Query()]
) -> StreamingResponse:
    """All of them as a table. It is said that it was taken."""
    sought = await understood(tx, deps.country.current, viewer, asked.wanted)
    found = whole(await lists.newest(tx, sought.among, None, MOST_ROWS + 1))
    figures_exported(tx, viewer.staff_id, "views", len(found), (tx.now, await tree.size(tx)))
    said = Said(deps.country.current, viewer.language)
    views = (LookView.of(each, withheld=sought.withheld) for each in found)
    head = [said.say(each) for each in ROW]
    return streamed(csv_lines(head, rows(views, said), asked.variant), "views")
