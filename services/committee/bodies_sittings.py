"""Bodies of sittings and actions that the committee service takes over HTTP."""

from typing import Annotated

from pydantic import Field

from services.committee.actions.model import Control, Report, Status, What
from services.committee.bodies import Day, Place
from services.committee.sittings.handlers import Record
from services.committee.sittings.model import (
    Attendance,
    Decision,
    Invited,
    Item,
    Kind,
    Outcome,
    Result,
    Sitting,
    Source,
    Topic,
    Votes,
)
from shared.http.schemas import Code, StaffId, Strict, Word
from shared.ids import Ids
from shared.times import Instant

Seats = Annotated[int, Field(ge=0, le=500)]
Most = Field(max_length=200)
Seen = Annotated[str, Field(max_length=64)]
"""``seen`` of what the caller was shown: if it is another by now, nothing is written. Left out,
what is sent holds whatever was said meanwhile."""


class SittingBody(
    Strict,
    json_schema_extra={"examples": [{"kind": "ordinary", "starts": "2026-12-10T14:00:00+06:00"}]},
):
    """A sitting that is planned. ``place``: a SOATE code; left out, the committee's own."""

    kind: Annotated[Kind, Word]
    starts: Instant
    place: Place | None = None

    def sitting(self, sitting_id: str, committee_id: str) -> Sitting:
        """As wanted."""
        return Sitting(
            sitting_id=sitting_id,
            committee_id=committee_id,
            kind=self.kind,
            starts=self.starts,
            place=self.place or "",
        )


class InvitationsBody(
    Strict, json_schema_extra={"examples": [{"bodies": ["police", "aksakal-court"]}]}
):
    """Other bodies that are invited, all of them."""

    bodies: Annotated[list[Code], Most]


class AgendaItemBody(
    Strict, json_schema_extra={"examples": [{"source": "own", "topic": "at-risk-families"}]}
):
    """An item of the agenda. ``matter_id``: that of the plan's item or of the appeal."""

    source: Annotated[Source, Word]
    topic: Annotated[Topic, Word]
    matter_id: Annotated[str, Field(max_length=120)] | None = None

    def item(self, sitting_id: str, item_id: str) -> Item:
        """As wanted."""
        return Item(
            item_id=item_id,
            sitting_id=sitting_id,
            committee_id="",
            matter_id=self.matter_id or "",
            source=self.source,
            topic=self.topic,
        )


class ConflictBody(Strict, json_schema_extra={"examples": [{}, {"staff_id": "st-6775jivy"}]}):
    """Who leaves for an item; left out, the caller."""

    staff_id: StaffId | None = None


class AttendanceBody(
    Strict, json_schema_extra={"examples": [{"staff_id": "st-6775jivy", "status": "present"}]}
):
    """A member who was present, or sent apologies."""

    staff_id: StaffId
    status: Annotated[Attendance, Word]


class AttendanceListBody(
    Strict,
    json_schema_extra={
        "examples": [{"attendance": [{"staff_id": "st-6775jivy", "status": "present"}]}]
    },
):
    """Who is here, and who sent apologies; of whom nothing is said, nothing was heard."""

    attendance: Annotated[list[AttendanceBody], Most]
    seen: Seen | None = None

    def attended(self) -> tuple[tuple[str, Attendance], ...]:
        """As pairs."""
        return tuple((each.staff_id, each.status) for each in self.attendance)


class InvitedBody(
    Strict, json_schema_extra={"examples": [{"body": "police", "came": True, "signed": True}]}
):
    """Another body: whether somebody came, and signed that what they heard is confidential."""

    body: Code
    came: bool
    signed: bool = False


class HeldBody(
    AttendanceListBody,
    json_schema_extra={
        "examples": [
            {
                "starts": "2026-12-10T14:05:00+06:00",
                "ends": "2026-12-10T15:30:00+06:00",
                "chair": "st-6775jivy",
                "secretary": "st-7k2mq9xa",
                "attendance": [
                    {"staff_id": "st-6775jivy", "status": "present"},
                    {"staff_id": "st-7k2mq9xa", "status": "present"},
                ],
                "invited": [{"body": "police", "came": True, "signed": True}],
            }
        ]
    },
):
    """A sitting as it was held."""

    starts: Instant
    ends: Instant
    chair: StaffId
    secretary: StaffId
    invited: Annotated[list[InvitedBody], Most] = Field(default_factory=list)

    def sitting(self, sitting_id: str) -> Sitting:
        """When it was, and who led it: what it was planned as stays."""
        return Sitting(
            sitting_id=sitting_id,
            committee_id="",
            kind=Kind.ORDINARY,
            starts=self.starts,
            ends=self.ends,
            place="",
            chair=self.chair,
            secretary=self.secretary,
        )

    def record(self) -> Record:
        """Who was there."""
        return Record(
            attended=self.attended(),
            invited=tuple(Invited(each.body, each.came, each.signed) for each in self.invited),
        )


class VotesBody(
    Strict, json_schema_extra={"examples": [{"in_favour": 11, "against": 0, "abstained": 1}]}
):
    """How a vote went, in seats."""

    in_favour: Seats
    against: Seats
    abstained: Seats


DECISION = {
    "what": "refer",
    "body": "crisis-centre",
    "due": "2026-12-20",
    "control": "report-in-writing",
    "person": "st-6775jivy",
}


class DecisionBody(Strict, json_schema_extra={"examples": [DECISION]}):
    """What a body is to do by a day. ``person``: the member who sees to it."""

    what: Annotated[What, Word]
    body: Code
    due: Day
    control: Annotated[Control, Word]
    person: StaffId | None = None

    def decision(self, decision_id: str) -> Decision:
        """As taken."""
        return Decision(
            decision_id=decision_id,
            what=self.what,
            body=self.body,
            due=self.due,
            control=self.control,
            person=self.person,
        )


class OutcomeBody(
    Strict,
    json_schema_extra={
        "examples": [
            {
                "result": "decided",
                "votes": {"in_favour": 11, "against": 0, "abstained": 1},
                "decisions": [DECISION],
            }
        ]
    },
):
    """What came of an item. ``chair``: who led it, where the sitting's chair had left."""

    result: Annotated[Result, Word]
    votes: VotesBody | None = None
    chair: StaffId | None = None
    decisions: Annotated[list[DecisionBody], Most] = Field(default_factory=list)
    seen: Seen | None = None

    def outcome(self, ids: Ids) -> Outcome:
        """As recorded."""
        votes = self.votes
        return Outcome(
            result=self.result,
            votes=Votes(votes.in_favour, votes.against, votes.abstained) if votes else None,
            chair=self.chair,
            decisions=tuple(each.decision(ids.new()) for each in self.decisions),
        )


class ClosingBody(Strict, json_schema_extra={"examples": [{}]}):
    """What the caller saw of the sitting that they close."""

    seen: Seen | None = None


class TermsBody(Strict, json_schema_extra={"examples": [{"due": "2026-12-28"}]}):
    """Until when an action is to be done, and which member sees to it; left out, nobody."""

    due: Day
    person: StaffId | None = None


class ReportBody(
    Strict, json_schema_extra={"examples": [{"status": "done", "reported_on": "2026-12-18"}]}
):
    """What became of an action; ``open``, without a day, takes back what was reported."""

    status: Annotated[Status, Word]
    reported_on: Day | None = None

    def report(self) -> Report:
        """As said."""
        return Report(self.status, self.reported_on)
