"""Routes of coverage: where committees may sit, and where none was ever approved.

They parse, hand on and return. No rule and no SQL stands here.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.committee.api_report import Area
from services.committee.callers import CoverageTx, DepsOf
from services.committee.coverage import handlers
from services.committee.registry.handlers import today
from services.committee.views_coverage import HEAD, CoverageView
from shared.csv_text import Variant, csv_text
from shared.http.tables import TEXT, Table, table
from shared.http.web import Viewing

router = APIRouter()
Day = Annotated[date, Query(description="As of which day; left out: today.")]


async def covering(
    tx: CoverageTx,
    deps: DepsOf,
    viewer: Viewing,
    area: Area | None = None,
    day: Day | None = None,
) -> CoverageView:
    """What is asked for."""
    asked = day or today(tx, deps)
    found = await handlers.covering(tx, deps, viewer, area, asked)
    return CoverageView.of(asked, found, deps.jurisdiction, viewer.language)


Covering = Annotated[CoverageView, Depends(covering)]


@router.get("/coverage")
async def show_coverage(found: Covering) -> CoverageView:
    """Aimaks and towns with a committee that may sit, with one whose term is over, and without;
    apart from them, committees of whole raions and of more.

    For coordinators of their territories, and auditors.
    """
    return found


@router.get("/coverage.csv", response_class=Table, responses=TEXT)
async def download_coverage(
    found: Covering, deps: DepsOf, viewer: Viewing, variant: Variant = Variant.PLAIN
) -> Response:
    """The same as a table."""
    say = deps.jurisdiction.wording.say
    head = [say(each, viewer.language) for each in HEAD]
    return table(csv_text(head, found.rows(), variant), f"coverage-{found.day}")
