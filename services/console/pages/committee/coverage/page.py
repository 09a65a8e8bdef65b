"""Routes of coverage, for coordinators of their territories and for auditors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.pages.committee.house import SERVICE, show
from shared.events.words import Role

router = APIRouter()
AT = "/committee/coverage"
Covering = Annotated[Desk, Depends(somebody(Role.COORDINATOR, Role.AUDITOR))]
Area = Annotated[str | None, Query(pattern="^[0-9]{1,20}$")]


@router.post(f"{AT}/table")
async def table(desk: Covering) -> Response:
    """The same to take along."""
    area = desk.form.text("area", 20) or None
    return await desk.table(SERVICE, "/coverage.csv", "coverage", area=area)


@router.get(AT)
async def coverage(desk: Covering, area: Area = None) -> Response:
    """Of a place and of those right below it, as it is today."""
    found = await desk.get(SERVICE, "/coverage", area=area)
    units = desk.deps.jurisdiction.territories.rules.levels
    return show(
        desk,
        "coverage/coverage.html",
        whole=found["whole"],
        below=found["below"],
        wider=found["wider"],
        day_of=found["day"],
        area=area or "",
        deeper=units[1].digits,
    )
