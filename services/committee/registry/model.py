"""Committees and members. Pure.

Sectors are those of the founding document; who approves, and for how long, is in the order.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from shared.errors import Conflict, Invalid


class Sector(StrEnum):
    """Whom a member speaks for: state bodies, local self-government, the community, advocates."""

    POLICE = "state-police"
    HEALTH = "state-health"
    EDUCATION = "state-education"
    SOCIAL = "state-social-development"
    EXECUTIVE = "self-government-executive"
    KENESH = "self-government-kenesh"
    AKSAKALS = "community-aksakal-court"
    WOMEN = "community-womens-council"
    YOUTH = "community-youth-council"
    ACTIVIST = "community-activist"
    ADVOCATE = "advocate"
    NGO = "ngo"
    CRISIS_CENTRE = "crisis-centre"


class Standing(StrEnum):
    """Whether a committee may sit."""

    ACTIVE = "active"
    LAPSED = "lapsed"
    """Its term is over and nobody has approved another."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The act that approves: its number, and its day."""

    number: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """A local committee. ``organisation`` is the directory's id; ``territory`` a full SOATE code.

    ``chair`` and ``secretary`` are staff ids of members.
    """

    committee_id: str
    organisation: str
    territory: str
    order: Order
    term_from: date
    term_to: date
    chair: str | None = None
    secretary: str | None = None
    ended_on: date | None = None
    version: int = 1

    def standing(self, today: date) -> Standing:
        """How it stands on a day."""
        if self.ended_on is not None and self.ended_on <= today:
            return Standing.ENDED
        return Standing.ACTIVE if self.term_from <= today <= self.term_to else Standing.LAPSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A time for which a committee was approved: ``last`` is the last day of it."""

    order: Order
    first: date
    last: date
    chair: str | None = None
    secretary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of a committee, from a day on, until ``member_to`` where that is known."""

    member_id: str
    committee_id: str
    staff_id: str
    body: str
    sector: Sector
    order: Order
    member_from: date
    member_to: date | None = None
    deputy_of: str | None = None

    def sits(self, today: date) -> bool:
        """Whether they are of it on a day."""
        return self.member_from <= today and (self.member_to is None or today <= self.member_to)


def checked(committee: Committee) -> Committee:
    """``committee``, or `Invalid` naming the first field that cannot be."""
    if committee.term_to < committee.term_from:
        raise Invalid("term_to", "must not be before the term begins")
    if committee.order.day > committee.term_from:
        raise Invalid("order_on", "must not be after the term begins")
    if committee.ended_on is not None and committee.ended_on < committee.term_from:
        raise Invalid("ended_on", "must not be before the term begins")
    return committee


def followed(known: Committee, new: Committee) -> Term | None:
    """The term that is over where ``new`` begins another: by another order, from a later day on.

    None for a correction of the term that is known, and where not a day of that was left.
    """
    if new.order == known.order or new.term_from <= known.term_from:
        return None
    day = timedelta(days=1)
    ends = [known.term_to, new.term_from - day]
    if known.ended_on is not None:
        ends.append(known.ended_on - day)
    if min(ends) < known.term_from:
        return None
    return Term(
        order=known.order,
        first=known.term_from,
        last=min(ends),
        chair=known.chair,
        secretary=known.secretary,
    )


def after(past: tuple[Term, ...], committee: Committee) -> Committee:
    """``committee``; raises `Invalid` where its term begins in one that is over."""
    if any(committee.term_from <= each.last for each in past):
        raise Invalid("term_from", "must be after the term before")
    return committee


def dated(member: Member) -> Member:
    """``member``; raises `Invalid` for one whose last day is before their first."""
    if member.member_to is not None and member.member_to < member.member_from:
        raise Invalid("member_to", "must not be before they join")
    return member


def again(member: Member, others: tuple[Member, ...]) -> Member | None:
    """The one of ``others`` who is ``member``, sent a second time under an id of its own."""
    same = (each for each in others if replace(each, member_id=member.member_id) == member)
    return next(same, None)


def joining(member: Member, others: tuple[Member, ...]) -> Member:
    """``member`` as one of the committee, whose members so far are ``others``.

    Raises `Invalid` for one who sits there already, whatever the sector, and for a deputy of
    somebody who is no member or is a deputy too.
    """
    dated(member)
    if any(each.staff_id == member.staff_id and _meet(each, member) for each in others):
        raise Invalid("staff_id", "is a member already")
    if member.deputy_of is not None:
        stood_for = {each.member_id: each for each in others}.get(member.deputy_of)
        if stood_for is None or not _meet(stood_for, member):
            raise Invalid("deputy_of", "must be a member of this committee")
        if stood_for.deputy_of is not None:
            raise Invalid("deputy_of", "is a deputy too")
    return member


def withdrawable(member: Member, committee: Committee, others: tuple[Member, ...]) -> Member:
    """``member``, who never was one; raises `Conflict` where something of the committee's own rests
    on it, whose members so far are ``others``."""
    if member.staff_id in (committee.chair, committee.secretary):
        raise Conflict("is the chair or the secretary: another is named first")
    if any(each.deputy_of == member.member_id for each in others):
        raise Conflict("somebody is entered as their deputy: take that back first")
    return member


def _meet(one: Member, other: Member) -> bool:
    begins_before_end = other.member_to is None or one.member_from <= other.member_to
    return begins_before_end and (one.member_to is None or other.member_from <= one.member_to)
