"""Routes of the report: figures of a committee, a raion, an oblast or the country.

They parse, hand on and return. No rule and no SQL stands here.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.committee.callers import DepsOf, FiguresTx
from services.committee.report import handlers
from services.committee.report.model.period import Clock, Period
from services.committee.report.scope import Asked
from services.committee.views_report import HEAD, ReportView, Said, rows
from shared.csv_text import Variant, csv_text
from shared.http.tables import TEXT, Table, table
from shared.http.web import Viewing

router = APIRouter()
Area = Annotated[str, Query(pattern="^[0-9]{1,20}$", description="A territory, or its prefix.")]
CommitteeId = Annotated[str, Query(pattern="^[a-z0-9-]{1,64}$")]


def asking(
    year: Annotated[int, Query(ge=2000, le=2200)],
    quarter: Annotated[int | None, Query(ge=1, le=4)] = None,
    clock: Annotated[Clock, Query(description="Which day counts.")] = Clock.HAPPENED,
    area: Area | None = None,
    committee: CommitteeId | None = None,
    outside: Annotated[bool, Query(description="To be handed on: nothing that must not leave.")] = (
        False
    ),
) -> Asked:
    """What is asked for, but for the places below."""
    return Asked(
        period=Period(year, quarter),
        clock=clock,
        area=area,
        committee_id=committee,
        outside=outside,
    )


Asking = Annotated[Asked, Depends(asking)]


@router.get("/report")
async def show_report(tx: FiguresTx, deps: DepsOf, viewer: Viewing, asked: Asking) -> ReportView:
    """Figures of a period beside those of a year before, with each place below and who has not
    reported. A proposal: no official form is known."""
    made = await handlers.report(tx, deps, viewer, asked)
    return ReportView.of(made, deps.jurisdiction, viewer.language)


@router.get("/report.csv", response_class=Table, responses=TEXT)
async def download_report(
    tx: FiguresTx,
    deps: DepsOf,
    viewer: Viewing,
    asked: Asking,
    variant: Variant = Variant.PLAIN,
) -> Response:
    """The same as a table."""
    made = await handlers.report(tx, deps, viewer, asked)
    said = Said(deps.jurisdiction, viewer.language)
    text = csv_text([said.say(each) for each in HEAD], rows(made, said), variant)
    kept = "" if made.outside else "-not-to-hand-on"
    return table(text, f"proposal-{asked.period.name}{kept}")
