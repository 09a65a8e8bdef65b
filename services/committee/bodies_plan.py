"""Bodies of plans that the committee service takes over HTTP. Codes and numbers, no words."""

from typing import Annotated

from pydantic import Field

from services.committee.bodies import Day
from services.committee.plan.model import Indicator, Item, Joint, Money, Target, Terms, Work
from shared.http.pages import Cursor
from shared.http.schemas import Code, Pasted, Strict, Word

EXAMPLE = {
    "year": 2026,
    "quarter": 2,
    "work": "prevention-meeting",
    "prepares": "aksakal-court",
    "reports": "local-committee",
    "target": {"indicator": "people", "count": 100},
    "money": "local-budget",
    "joint_with": "police-naryn",
}
MOST = 100_000


class TargetBody(Strict):
    """How many of what is planned."""

    indicator: Annotated[Indicator, Word]
    count: Annotated[int, Field(ge=1, le=MOST)]

    def target(self) -> Target:
        """As wanted."""
        return Target(indicator=self.indicator, count=self.count)


class PlanItemBody(Strict, json_schema_extra={"examples": [EXAMPLE]}):
    """A row of a plan. ``prepares`` and ``reports`` are codes of bodies, as members have them;
    ``joint_with``: the organisation of the directory that is to say yes to it."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    quarter: Annotated[int, Field(ge=1, le=4)]
    work: Annotated[Work, Word]
    prepares: Code
    reports: Code
    target: TargetBody | None = None
    money: Annotated[Money, Word] = Money.NONE
    joint_with: Code | None = None

    def item(self, item_id: str) -> Item:
        """As wanted; whose plan it is, and its matter, are not the caller's to say."""
        return Item(
            item_id=item_id,
            committee_id="",
            organisation="",
            matter_id="",
            terms=Terms(
                year=self.year,
                quarter=self.quarter,
                work=self.work,
                prepares=self.prepares,
                reports=self.reports,
                target=self.target.target() if self.target else None,
            ),
            money=self.money,
            joint=Joint(organisation=self.joint_with) if self.joint_with else None,
        )


class DoneBody(Strict, json_schema_extra={"examples": [{"done_on": "2026-05-14"}]}):
    """The day on which it was done; null takes that back."""

    done_on: Day | None


class JointReplyBody(Strict, json_schema_extra={"examples": [{"yes": True, "version": 1}]}):
    """What the other body says, and the version of the row that it saw."""

    yes: bool
    version: Annotated[int, Field(ge=1, le=2**31)]


class JointQuery(Pasted):
    """Which page of what others plan with the caller's organisation."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Cursor | None = None
