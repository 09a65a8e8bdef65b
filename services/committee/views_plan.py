"""Views of plans that the committee service's HTTP returns."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from services.committee.plan.model import Indicator, Item, Money, Work
from services.committee.plan.store import Numbered
from shared.http.pages import Next


class TargetView(BaseModel):
    """How many of what."""

    indicator: Indicator
    count: int


class JointItemView(BaseModel):
    """A row as the body sees it that is to join in. ``yes``: what it said; null, nothing yet.
    ``version`` goes with its answer."""

    item_id: str
    version: int
    organisation: str
    year: int
    quarter: int
    work: Work
    prepares: str
    reports: str
    target: TargetView | None
    yes: bool | None
    done_on: date | None

    @classmethod
    def of(cls, item: Item) -> Self:
        """With whose plan it stands in."""
        terms = item.terms
        return cls(
            item_id=item.item_id,
            version=item.version,
            organisation=item.organisation,
            year=terms.year,
            quarter=terms.quarter,
            work=terms.work,
            prepares=terms.prepares,
            reports=terms.reports,
            target=target_view(item),
            yes=item.joint.yes if item.joint else None,
            done_on=item.done_on,
        )


class JointItemsView(BaseModel):
    """A page of what others plan with the caller's organisation."""

    items: list[JointItemView]
    next: Next = None


class ItemView(BaseModel):
    """A row of the own plan. ``joint_yes`` is null until the other body has said something; who
    said it is that body's own."""

    item_id: str
    matter_id: str
    number: int | None
    year: int
    quarter: int
    work: Work
    prepares: str
    reports: str
    target: TargetView | None
    money: Money
    joint_with: str | None
    joint_yes: bool | None
    done_on: date | None

    @classmethod
    def of(cls, item: Item, number: int | None = None) -> Self:
        """With its number among those that the viewer sees, where the whole plan is looked at."""
        terms, joint = item.terms, item.joint
        return cls(
            item_id=item.item_id,
            matter_id=item.matter_id,
            number=number,
            year=terms.year,
            quarter=terms.quarter,
            work=terms.work,
            prepares=terms.prepares,
            reports=terms.reports,
            target=target_view(item),
            money=item.money,
            joint_with=joint.organisation if joint else None,
            joint_yes=joint.yes if joint else None,
            done_on=item.done_on,
        )


class PlanView(BaseModel):
    """A plan for a year, in the order of its numbers."""

    year: int
    items: list[ItemView]

    @classmethod
    def of(cls, year: int, rows: list[Numbered]) -> Self:
        """As far as the viewer sees it."""
        return cls(year=year, items=[ItemView.of(each.item, each.number) for each in rows])


def target_view(item: Item) -> TargetView | None:
    """How many of what is planned, if anything is counted."""
    target = item.terms.target
    return TargetView(indicator=target.indicator, count=target.count) if target else None
