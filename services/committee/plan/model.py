"""Plan of work. Pure.

The kenesh's own table: number, matter, term, who prepares, who reports, indicator, money. What is
coded here is in words on the paper that was approved. A row may be planned together with another
organisation, which says its own yes to what it was shown.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from services.committee.meanwhile import must_be_as_seen
from shared.errors import Conflict, Invalid

YEARS_BACK = 5
"""How old a plan may be that is still entered from paper."""


class Work(StrEnum):
    """What is planned: the kinds of work of the founding document."""

    APPEALS = "appeals"
    JOINT_SITTING = "joint-sitting"
    FAMILIES = "at-risk-families"
    PREVENTION_MEETING = "prevention-meeting"
    PREVENTION_TALKS = "prevention-talks"
    TRAINING = "training"
    INFORMING = "informing"
    PROGRAMME = "corrective-programme"
    DOCUMENTS = "document-restoration"
    AID = "aid"
    REPORT = "report"
    NEXT_PLAN = "next-plan"
    OTHER = "other"


class Indicator(StrEnum):
    """What is counted of it at the end."""

    SITTINGS = "sittings"
    MEETINGS = "meetings"
    PEOPLE = "people"
    FAMILIES = "families"
    TRAININGS = "trainings"
    TALKS = "talks"
    DOCUMENTS = "documents"
    REPORTS = "reports"


class Money(StrEnum):
    """Where the money for it comes from."""

    NONE = "none"
    LOCAL_BUDGET = "local-budget"
    STATE_BUDGET = "state-budget"
    DONOR = "donor"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How many of what."""

    indicator: Indicator
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is done when, by whom and how much of it: all that another body says yes to.

    Bodies are codes.
    """

    year: int
    quarter: int
    work: Work
    prepares: str
    reports: str
    target: Target | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """The other organisation, and what somebody of it said; nobody has yet, without ``yes``."""

    organisation: str
    yes: bool | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of a plan. ``organisation``: whose plan it is, as the directory calls it."""

    item_id: str
    committee_id: str
    organisation: str
    matter_id: str
    terms: Terms
    money: Money = Money.NONE
    joint: Joint | None = None
    done_on: date | None = None
    version: int = 1


def checked(item: Item, today: date) -> Item:
    """``item``, or `Invalid` naming the first field that cannot be."""
    if not today.year - YEARS_BACK <= item.terms.year <= today.year + 1:
        raise Invalid("year", "must be next year, this one or one of the five before")
    if item.joint is not None and item.joint.organisation == item.organisation:
        raise Invalid("joint_with", "must be another organisation")
    return item


def changed(known: Item, wanted: Item) -> Item:
    """The row as it is to be. The same again changes nothing.

    A yes holds for what it was said to: with other terms, or another body, it is asked for anew.
    Raises `Conflict` for what is done.
    """
    joint = wanted.joint
    if joint is not None and _asks_for(wanted) == _asks_for(known):
        joint = known.joint
    new = replace(
        wanted,
        matter_id=known.matter_id,
        joint=joint,
        done_on=known.done_on,
        version=known.version,
    )
    if new == known:
        return known
    if known.done_on is not None:
        raise Conflict("it is done: it is not changed any more")
    return replace(new, version=known.version + 1)


def replied(item: Item, joint: Joint, version: int) -> Item:
    """The other body's yes or no to the row as it saw it, in this version. The same again changes
    nothing, and until it is done another answer may be given.

    Raises `Conflict` for a row that has changed since: the answer was to something else.
    """
    if item.joint is not None and item.joint.yes is joint.yes:
        return item
    if item.done_on is not None:
        raise Conflict("it is done: it is not changed any more")
    must_be_as_seen(item.version, version)
    return replace(item, joint=joint, version=item.version + 1)


def done(item: Item, day: date | None, today: date) -> Item:
    """It was done on this day; none takes that back. Raises `Conflict` before the other's yes."""
    if day == item.done_on:
        return item
    if day is not None:
        if day > today:
            raise Invalid("done_on", "must not be in the future")
        if day.year < item.terms.year:
            raise Invalid("done_on", "must not be before the year of its plan")
        if item.joint is not None and not item.joint.yes:
            raise Conflict("the other body has not said yes")
    return replace(item, done_on=day, version=item.version + 1)


def _asks_for(item: Item) -> tuple[str | None, Terms]:
    return item.joint.organisation if item.joint else None, item.terms
