"""Bodies that intake takes over HTTP: shapes and bounds. `handlers.parse_report` judges them.

A report is refused for what decides who is asked, how urgently, who must not hear and what may be
told: it would go the wrong way. Every other field is a `Side`: a report is taken without it.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue, RootModel
from pydantic.config import JsonDict

from shared.http.schemas import Code, Side, StaffId, Strict
from shared.times import Instant

TEXT_MAX = 20_000
DRAFT_MAX = 128 * 1024
"""Bytes of a draft: a report with the longest story, and as much again."""
Story = Annotated[
    str, Field(min_length=1, description=f"What is longer is cut after {TEXT_MAX} characters.")
]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Line = Annotated[str, Field(min_length=1, max_length=300)]
Phone = Annotated[str, Field(min_length=1, max_length=40)]
DraftId = StaffId
"""An id of ours, as those of staff are."""
Years = Annotated[int, Field(ge=0, le=3000)]
Opens = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Closes = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Day = Literal["mo", "tu", "we", "th", "fr", "sa", "su"]
ReporterKind = Literal["staff", "survivor", "relative", "neighbour", "organisation", "other"]
ReceivedBy = Literal["phone", "in-person", "web", "desk", "other"]
SafeChannel = Literal["call", "sms", "none"]
ExclusionKind = Literal["staff", "organisation", "place"]
GivenBy = Literal["survivor", "representative", "officer"]
How = Literal["oral", "written", "digital"]
GroupName = Literal[
    "identity", "contact", "location", "story", "health", "children", "risk", "safe-contact"
]


class ReporterBody(Strict):
    """Who told of it. Their name and number are told to nobody."""

    kind: ReporterKind
    name: Side[Name] | None = None
    phone: Side[Phone] | None = None


class SurvivorBody(Strict):
    """Whom it happened to. Give a birth year or an age, or neither."""

    name: Side[Name] | None = None
    birth_year: Side[Years] | None = None
    age: Side[Years] | None = None
    phone: Side[Phone] | None = None
    address: Side[Annotated[str, Field(min_length=1, max_length=500)]] | None = None
    language: Side[Code]
    access_needs: Side[Annotated[list[Side[Code]], Field(max_length=10)]] = Field(
        default_factory=list
    )


class AccusedBody(Strict):
    """Who is said to have done it. ``organisation``: where they serve; it will not be told."""

    name: Side[Name] | None = None
    phone: Side[Phone] | None = None
    relation: Side[Annotated[str, Field(min_length=1, max_length=100)]] | None = None
    organisation: Code | None = None
    staff_id: StaffId | None = None


class ChildBody(Strict):
    """A child it happened to, or who saw it. Without an age it is a child all the same."""

    age: Side[Years] | None = None
    witness: bool
    name: Side[Name] | None = None


class SafeContactBody(Strict):
    """How the survivor may be reached without harm. Hours are local, past midnight if ``to``
    is not behind ``from``, to ``24:00``; it expires after 14 days.

    What is wrong in it, but for the number, makes it ``none``: without its hours, or who may
    answer, it would do harm, and without any of it her own number were bound to no hours.
    """

    channel: SafeChannel
    phone: Side[Phone] | None = None
    days: list[Day] = Field(default_factory=list, max_length=7)
    opens: Annotated[Opens | None, Field(alias="from")] = None
    closes: Annotated[Closes | None, Field(alias="to")] = None
    who_may_answer: Line | None = None
    leave_message: bool = False
    code_word: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    language: Code


class ExclusionBody(Strict):
    """Who must not hear of it: a staff id, an organisation, or a place (a territory code or the
    whole beginning of one)."""

    kind: ExclusionKind
    value: StaffId


class GivenByBody(Strict):
    """Who gave a consent, or recorded a ground. A representative says on what basis."""

    who: GivenBy
    basis: Line | None = None


class HiddenBody(Strict):
    """Somebody by name who must not hear of it, and did nothing: kin of an accused who may serve
    somewhere. Of them nothing is kept but tags, by which whoever is called so nearby is known."""

    name: Name


class ConsentBody(Strict):
    """What may be told to whom. Either ``until``, or ``ground`` and ``named_person``: who
    answers for it if they are an active member of staff who may know of the case, else whoever
    reports does."""

    need: Code
    recipient_kind: Code
    organisation: Code | None = None
    purpose: Code
    scope: Annotated[list[GroupName], Field(min_length=1, max_length=8)]
    given_by: GivenByBody
    how: How
    until: Instant | None = None
    ground: Code | None = None
    named_person: StaffId | None = None


REPORT: JsonDict = {
    "reporter": {"kind": "survivor"},
    "received_by_channel": "phone",
    "territory": "41704245845020",
    "occurred_at": "2026-11-22T21:30:00+06:00",
    "immediate_danger": False,
    "needs": ["crisis-counselling"],
    "danger_signs": ["stalking"],
    "survivor": {"name": "Айсулуу Үлгү", "age": 34, "phone": "+996000500999", "language": "ky"},
    "accused": [{"name": "Бакыт Үлгү", "relation": "күйөөсү"}],
    "children": [{"age": 8, "witness": True}],
    "safe_contact": {
        "channel": "call",
        "phone": "+996000500999",
        "days": ["mo", "we"],
        "from": "10:00",
        "to": "12:00",
        "leave_message": False,
        "language": "ky",
    },
    "exclusions": [{"kind": "organisation", "value": "police-suzak"}],
    "consents": [
        {
            "need": "crisis-counselling",
            "recipient_kind": "crisis-centre",
            "purpose": "service",
            "scope": ["identity", "safe-contact", "story"],
            "given_by": {"who": "survivor"},
            "how": "oral",
            "until": "2099-01-01T00:00:00+06:00",
        }
    ],
    "text": "Кеңеш алгысы келет.",
    "language": "ky",
}
"""Nobody's report, as it would be sent: the example of /docs."""
UNFINISHED: JsonDict = {"territory": "41704245845020", "needs": ["shelter"], "survivor": {}}
"""The beginning of one."""


class ReportBody(Strict, json_schema_extra={"examples": [REPORT]}):
    """One report of an incident. Without a consent or a ground a need waits."""

    VERBATIM: ClassVar[frozenset[str]] = frozenset({"text"})

    reporter: ReporterBody
    received_by_channel: Side[ReceivedBy]
    claimed_at: Side[Instant] | None = None
    territory: Annotated[str, Field(pattern="^[0-9]{1,20}$")]
    occurred_at: Side[Instant] | None = None
    immediate_danger: bool
    needs: Annotated[list[Code], Field(max_length=30)]
    danger_signs: Annotated[list[Code], Field(max_length=50)]
    sexual_violence_at: Instant | None = None
    survivor: SurvivorBody
    accused: Annotated[list[AccusedBody], Field(max_length=20)]
    children: Annotated[list[ChildBody], Field(max_length=30)]
    safe_contact: Side[SafeContactBody] | None = None
    exclusions: Annotated[list[ExclusionBody], Field(max_length=100)]
    hidden_from: Annotated[list[HiddenBody], Field(max_length=20)] = Field(default_factory=list)
    consents: Annotated[list[ConsentBody], Field(max_length=60)]
    text: Side[Story] | None = None
    language: Side[Code]
    draft: Side[DraftId] | None = None
    """What it was written as: deleted with the taking of the report."""


class DraftBody(RootModel[dict[str, JsonValue]]):
    """As much of a report as is written: any object, in which nothing is judged."""

    model_config = {"frozen": True, "json_schema_extra": {"examples": [UNFINISHED]}}


class AssessmentBody(
    Strict,
    json_schema_extra={
        "examples": [
            {
                "immediate_danger": False,
                "danger_signs": ["stalking", "strangulation"],
                "needs": ["shelter"],
                "children": [{"age": 8, "witness": True}],
                "age": 34,
            }
        ]
    },
):
    """As much of a report as decides its urgency and its needs. ``age`` is the survivor's."""

    immediate_danger: bool = False
    danger_signs: list[Code] = Field(default_factory=list, max_length=50)
    needs: list[Code] = Field(default_factory=list, max_length=30)
    children: list[ChildBody] = Field(default_factory=list, max_length=30)
    age: Years | None = None
    sexual_violence_at: Instant | None = None


class ConsentsBody(
    Strict,
    json_schema_extra={
        "examples": [{"consents": REPORT["consents"], "claimed_at": "2026-11-23T14:05:00+06:00"}]
    },
):
    """What was allowed after the report, as in a report. ``claimed_at``: when the survivor said so,
    if that was earlier. ``sexual_violence_at``: starts the clocks of care that is asked for now."""

    consents: list[ConsentBody] = Field(min_length=1, max_length=20)
    claimed_at: Instant | None = None
    sexual_violence_at: Instant | None = None


class WithdrawalBody(
    Strict, json_schema_extra={"examples": [{"claimed_at": "2026-11-23T14:05:00+06:00"}]}
):
    """``claimed_at``: when the survivor said so, if that was earlier."""

    claimed_at: Instant | None = None


class ExcludeBody(
    Strict,
    json_schema_extra={
        "examples": [
            {
                "accused": [{"name": "Бакыт Үлгү", "organisation": "police-suzak"}],
                "exclusions": [{"kind": "staff", "value": "st-aovs4eqh"}],
            }
        ]
    },
):
    """Who must not know of an incident either, as in a report. Of an accused nothing is kept."""

    accused: Annotated[list[AccusedBody], Field(max_length=20)] = Field(default_factory=list)
    exclusions: Annotated[list[ExclusionBody], Field(max_length=100)] = Field(default_factory=list)
    hidden_from: Annotated[list[HiddenBody], Field(max_length=20)] = Field(default_factory=list)
