"""Routes of the monthly report: which there are, one on paper, and as a table to take along."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.forms import Form
from services.console.frame.texts import say
from services.console.pages.figures import charts, showing
from services.console.pages.figures.asked import LONGEST, Text, addressed, given
from services.console.pages.figures.form import WRONG, told, wrong_of
from services.console.peers.client import PeerRefused
from shared.events.words import Role

router = APIRouter()
SERVICE, MONTHS, MONTH = "audit", "/figures/months", "/figures/month"
EXPORTED = "figures-month"
UNCOVERED = f"{EXPORTED}-not-to-hand-on"
Looking = Annotated[Desk, Depends(somebody(Role.COORDINATOR, Role.AUDITOR))]


class Asked(BaseModel):
    """Which report. To be handed on unless ``outside`` is ``false``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    month: Text = ""
    area: Text = ""
    cut: Text = ""
    outside: Text = "true"

    @classmethod
    def typed(cls, form: Form) -> "Asked":
        """Out of a form."""
        fields: Any = {name: form.text(name, LONGEST) for name in cls.model_fields}
        return cls.model_construct(**fields)

    def by_default(self, desk: Desk) -> Self:
        """The first of several territories, unless they say otherwise."""
        theirs = desk.caller.territories
        first = "" if desk.has(Role.AUDITOR) or not theirs else theirs[0]
        return self.model_copy(update={"area": self.area or first})

    @property
    def fields(self) -> dict[str, str]:
        """What is not left out, by its name."""
        return given(dict(self))

    def at(self, path: str, **changes: str) -> str:
        """An address with this, or with something else."""
        return addressed(path, {**self.fields, **changes})


Address = Annotated[Asked, Query()]


@router.get(MONTHS)
async def months(desk: Looking, area: Text = "") -> Response:
    """The months of one of the places that one may open; which are final."""
    return await _listed(desk, area, {})


async def _listed(desk: Desk, area: str, wrong: Mapping[str, str]) -> Response:
    """The list, with what is wrong in the address that led to it."""
    found = await desk.get(SERVICE, MONTHS)
    places = [each["area"] for each in found["areas"]]
    if area and area not in places and not wrong:
        wrong = {"area": say("choose one of the places that stand here")}
    return desk.page(
        "figures/months.html",
        WRONG if wrong else 200,
        errors=told(wrong, "months"),
        at=MONTH,
        found=found,
        words=await desk.words(SERVICE),
        chosen=area if area in places else next(iter(places), ""),
        named=showing.month,
    )


@router.get(MONTH)
async def month(desk: Looking, asked: Address) -> Response:
    """One report: on screen, and on the paper that is printed and signed."""
    asked = asked.by_default(desk)
    try:
        found = await desk.get(SERVICE, "/figures/monthly", **asked.fields)
    except PeerRefused as refused:
        if refused.status != WRONG:
            raise
        return await _listed(desk, asked.area, wrong_of(refused))
    organisations = {each["organisation"] for each in found["silence"]}
    return desk.page(
        "figures/month.html",
        at=MONTH,
        asked=asked.model_copy(update={"month": found["month"], "area": found["area"]}),
        report=found,
        means=await desk.get(SERVICE, "/figures/definitions"),
        words=await desk.words(SERVICE),
        named=await desk.called(organisations),
        funnel=charts.funnel(found["silence"], found["limits"]),
        showing=showing,
    )


@router.post(f"{MONTH}/table")
async def table(desk: Looking) -> Response:
    """The same to take along; as the paper is."""
    asked = Asked.typed(desk.form)
    called = UNCOVERED if asked.outside == "false" else EXPORTED
    variant = desk.form.text("variant", 8) or "excel"
    query = asked.fields | {"variant": variant}
    return await desk.table(SERVICE, "/figures/monthly.csv", EXPORTED, called, **query)
