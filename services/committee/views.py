"""Views that the committee service's HTTP returns."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Self

from pydantic import BaseModel

from services.committee.registry.model import Committee, Member, Sector, Standing, Term
from shared.http.pages import Next


class CommitteeView(BaseModel):
    """A committee, and how it stands today. ``place`` is what its territory is called."""

    committee_id: str
    organisation: str
    territory: str
    place: str
    order_no: str
    order_on: date
    term_from: date
    term_to: date
    chair: str | None
    secretary: str | None
    ended_on: date | None
    standing: Standing
    members: dict[Sector, int]

    @classmethod
    def of(
        cls, committee: Committee, place: str, today: date, members: Mapping[Sector, int]
    ) -> Self:
        """With how many members sit there now, by sector."""
        return cls(
            committee_id=committee.committee_id,
            organisation=committee.organisation,
            territory=committee.territory,
            place=place,
            order_no=committee.order.number,
            order_on=committee.order.day,
            term_from=committee.term_from,
            term_to=committee.term_to,
            chair=committee.chair,
            secretary=committee.secretary,
            ended_on=committee.ended_on,
            standing=committee.standing(today),
            members=dict(members),
        )


class CommitteesView(BaseModel):
    """A page of committees."""

    committees: list[CommitteeView]
    next: Next = None


class TermView(BaseModel):
    """A term that is over, and who led the committee when it ended."""

    order_no: str
    order_on: date
    term_from: date
    term_to: date
    chair: str | None
    secretary: str | None

    @classmethod
    def of(cls, term: Term) -> Self:
        """As it was kept."""
        return cls(
            order_no=term.order.number,
            order_on=term.order.day,
            term_from=term.first,
            term_to=term.last,
            chair=term.chair,
            secretary=term.secretary,
        )


class TermsView(BaseModel):
    """The terms before the one that is approved now, the last first."""

    terms: list[TermView]


class MemberView(BaseModel):
    """A member by their id of the register: names are notify's."""

    member_id: str
    staff_id: str
    body: str
    sector: Sector
    order_no: str
    order_on: date
    member_from: date
    member_to: date | None
    deputy_of: str | None
    sits: bool

    @classmethod
    def of(cls, member: Member, today: date) -> Self:
        """With whether they sit there now."""
        return cls(
            member_id=member.member_id,
            staff_id=member.staff_id,
            body=member.body,
            sector=member.sector,
            order_no=member.order.number,
            order_on=member.order.day,
            member_from=member.member_from,
            member_to=member.member_to,
            deputy_of=member.deputy_of,
            sits=member.sits(today),
        )


class MembersView(BaseModel):
    """All members of a committee, those who left among them."""

    members: list[MemberView]

    @classmethod
    def of(cls, members: Iterable[Member], today: date) -> Self:
        """By sector."""
        return cls(members=[MemberView.of(each, today) for each in members])
