"""Routes of the monthly report, for coordinators of their territories and for auditors.

They parse, hand on and return. No rule and no SQL stands here.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.audit.api_figures import patient
from services.audit.bodies_monthly import MonthlyQuery, MonthlyTableQuery
from services.audit.callers import DepsOf, LookingTx
from services.audit.handlers import monthly
from services.audit.publish import figures_exported
from services.audit.store import tree
from services.audit.tables_monthly import text
from services.audit.views_monthly import AreaView, ListedView, MonthlyView, MonthsView
from services.audit.words_figures import Said
from shared.http.tables import TEXT, Table, table
from shared.http.web import Viewing

router = APIRouter(dependencies=[Depends(patient)])
EXPORTED = "monthly"


@router.get("/figures/months")
async def list_months(tx: LookingTx, deps: DepsOf, viewer: Viewing) -> MonthsView:
    """Of which months and places there is a report that one may open, and which are final."""
    country = deps.country.current
    said = Said(country, viewer.language)
    return MonthsView(
        months=[ListedView.of(each) for each in await monthly.listed(tx, deps)],
        areas=[
            AreaView(area=each, place=said.place(each))
            for each in monthly.areas(country.territories, viewer)
        ],
    )


@router.get("/figures/monthly")
async def show_monthly(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, asked: Annotated[MonthlyQuery, Query()]
) -> MonthlyView:
    """All clocks side by side, by place, service and urgency, as of a cut that is fixed by rule:
    midnight at the beginning of the tenth of the month after, and now until then."""
    made = await monthly.make(tx, deps, viewer, asked.wanted)
    return MonthlyView.of(made, Said(deps.country.current, viewer.language))


@router.get("/figures/monthly.csv", response_class=Table, responses=TEXT)
async def download_monthly(
    tx: LookingTx, deps: DepsOf, viewer: Viewing, asked: Annotated[MonthlyTableQuery, Query()]
) -> Response:
    """The same as one file. It is said that it was taken."""
    made = await monthly.make(tx, deps, viewer, asked.wanted)
    said = Said(deps.country.current, viewer.language)
    view = MonthlyView.of(made, said)
    found = text(view, said, asked.variant)
    counted = view.cut, await tree.size(tx)
    figures_exported(tx, viewer.staff_id, EXPORTED, found.count("\r\n"), counted)
    return table(found, f"figures-{view.month}-{view.area}-{view.version}")
