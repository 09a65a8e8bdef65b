"""Bodies that the committee service takes over HTTP: strict, snake case, with no unknown field."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.committee.registry.model import Committee, Member, Order, Sector
from shared.http.schemas import Code, StaffId, Strict, Word
from shared.times import DAY, written
from shared.times import day as read_day

Day = Annotated[date, written(read_day, DAY)]
"""A day of the calendar: 2026-11-30."""
ORDER_NO = r"^[0-9]{1,6}([/-]([0-9]{1,6}|[a-zа-яөүң]{1,2})){0,3}$"
Number = Annotated[str, Field(pattern=ORDER_NO)]
"""Of an order: digits and a letter or two, so that no name gets in."""
Place = Annotated[str, Field(pattern="^[0-9]{1,20}$")]
COMMITTEE = {
    "order_no": "14-б",
    "order_on": "2026-01-12",
    "term_from": "2026-01-12",
    "term_to": "2028-01-12",
}


class ApprovalBody(Strict, json_schema_extra={"examples": [COMMITTEE]}):
    """The order that approves a committee, and the term for which it does."""

    order_no: Number
    order_on: Day
    term_from: Day
    term_to: Day
    chair: StaffId | None = None
    secretary: StaffId | None = None
    ended_on: Day | None = None

    def committee(
        self, committee_id: str, organisation: str = "", territory: str = ""
    ) -> Committee:
        """As wanted."""
        return Committee(
            committee_id=committee_id,
            organisation=organisation,
            territory=territory,
            order=Order(number=self.order_no, day=self.order_on),
            term_from=self.term_from,
            term_to=self.term_to,
            chair=self.chair,
            secretary=self.secretary,
            ended_on=self.ended_on,
        )


class CommitteeBody(
    ApprovalBody,
    json_schema_extra={
        "examples": [
            COMMITTEE | {"organisation": "committee-uchkun", "territory": "41704245845000"}
        ]
    },
):
    """A new committee: which organisation of the directory it is, and where."""

    organisation: Code
    territory: Place


class MemberBody(
    Strict,
    json_schema_extra={
        "examples": [
            {
                "staff_id": "st-6775jivy",
                "body": "aksakal-court",
                "sector": "community-aksakal-court",
                "order_no": "14-б",
                "order_on": "2026-01-12",
                "member_from": "2026-01-12",
            }
        ]
    },
):
    """Somebody of notify's register joins. ``deputy_of``: the member whom they stand in for."""

    staff_id: StaffId
    body: Code
    sector: Annotated[Sector, Word]
    order_no: Number
    order_on: Day
    member_from: Day
    deputy_of: StaffId | None = None

    def member(self, member_id: str, committee_id: str) -> Member:
        """As wanted."""
        return Member(
            member_id=member_id,
            committee_id=committee_id,
            staff_id=self.staff_id,
            body=self.body,
            sector=self.sector,
            order=Order(number=self.order_no, day=self.order_on),
            member_from=self.member_from,
            deputy_of=self.deputy_of,
        )


class LeavingBody(Strict, json_schema_extra={"examples": [{"member_to": "2026-11-30"}]}):
    """A member's last day."""

    member_to: Day
