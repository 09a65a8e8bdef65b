"""Asked: whose figures somebody wants, of which time, by which day."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from services.console.frame.desk import Desk
from services.console.frame.forms import Form
from shared.events.words import Role

Digits = Annotated[str, Field(pattern="^[0-9]{0,20}$")]
LONGEST = 64
"""Characters of a field."""


class Asked(BaseModel):
    """As an address says it; what is empty is left to the service."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    year: Annotated[str, Field(pattern="^([0-9]{4})?$")] = ""
    quarter: Literal["", "1", "2", "3", "4"] = ""
    clock: Literal["happened", "entered"] = "happened"
    area: Digits = ""
    committee: Annotated[str, Field(pattern="^[a-z0-9-]{0,64}$")] = ""
    outside: Literal["", "true", "false"] = ""

    @classmethod
    def typed(cls, form: Form) -> "Asked":
        """Out of a form."""
        fields: Any = {name: form.text(name, LONGEST) for name in cls.model_fields}
        return cls.model_construct(**fields)  # the service says what is wrong with it

    def by(self, desk: Desk) -> "Asked":
        """As this person means it: this year, and the first of several territories, unless they
        say otherwise."""
        theirs = desk.caller.territories
        area = self.area
        if not (area or self.committee or desk.has(Role.SECRETARY, Role.MEMBER, Role.AUDITOR)):
            area = theirs[0] if theirs else ""
        return self.model_copy(update={"year": self.year or str(desk.today.year), "area": area})

    @property
    def leaving(self) -> "Asked":
        """As paper and tables have it: they are handed on, so small counts are left out unless
        somebody says that it is for themselves."""
        return self.model_copy(update={"outside": "false" if self.outside == "false" else "true"})

    @property
    def fields(self) -> Mapping[str, str]:
        """What is not left out, by its name."""
        return {name: value for name, value in self if value}

    def at(self, path: str, **changes: str) -> str:
        """An address with this, or with something else."""
        wanted = {**self.fields, **changes}
        return f"{path}?{urlencode({name: value for name, value in wanted.items() if value})}"


def above(desk: Desk, report: Mapping[str, Any]) -> str:
    """The code of the place right above a report's, if that is this person's to ask for."""
    area = report["area"]
    depths = desk.deps.country.current.territories.rules.depths
    within = max((each for each in depths if each < len(area)), default=0)
    return area[:within] if within and _covers(desk, area[:within]) else ""


def _covers(desk: Desk, area: str) -> bool:
    theirs = desk.caller.territories
    return desk.has(Role.AUDITOR) or (
        desk.has(Role.COORDINATOR) and any(area.startswith(each) for each in theirs)
    )
