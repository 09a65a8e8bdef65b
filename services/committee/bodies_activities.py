"""Bodies of activities and of aid."""

from typing import Annotated

from pydantic import Field

from services.committee.activities.model import MOST, Activity, Kind, Present, Topic, Way
from services.committee.aid import model as aid
from services.committee.appeals.model import Sex
from services.committee.bodies import Day, Place
from services.committee.listing import YearQuery
from services.committee.registry.model import Sector
from shared.events.words import VoidReason
from shared.http.schemas import PublicId, Strict, Word

Band = Annotated[str, Field(max_length=10)]
Id = Annotated[str, Field(pattern="^[a-z0-9-]{1,64}$")]
"""An id of ours, as it was handed out."""


class ActivitiesQuery(YearQuery):
    """Which activities of a year: those of one kind, or all."""

    kind: Kind | None = None


class PresentBody(Strict):
    """How many of one sex and age band were there."""

    sex: Annotated[Sex, Word]
    age_band: Band
    count: Annotated[int, Field(ge=1, le=MOST)]


class ActivityBody(
    Strict,
    json_schema_extra={
        "examples": [
            {
                "kind": "training",
                "happened_on": "2026-10-05",
                "territory": "41704245845000",
                "topic": "law",
                "host": "state-police",
                "days": 2,
                "present": [{"sex": "female", "age_band": "30-44", "count": 12}],
            }
        ]
    },
):
    """A meeting or a training with who was there, or informing with its reach.

    ``replaces``: the entry that this corrects.
    """

    kind: Annotated[Kind, Word]
    happened_on: Day
    territory: Place
    topic: Annotated[Topic, Word]
    host: Annotated[Sector | None, Word] = None
    days: int | None = None
    channel: Annotated[Way | None, Word] = None
    reach: int | None = None
    present: list[PresentBody] = Field(default_factory=list, max_length=60)
    replaces: Id | None = None

    def activity(self) -> Activity:
        """As wanted."""
        return Activity(
            kind=self.kind,
            territory=self.territory,
            topic=self.topic,
            host=self.host,
            days=self.days,
            channel=self.channel,
            reach=self.reach,
            present=tuple(
                Present(sex=each.sex, age_band=each.age_band, count=each.count)
                for each in self.present
            ),
        )


class AidBody(
    Strict,
    json_schema_extra={
        "examples": [
            {
                "matter_id": "0b6f4a52-6d2e-4d6e-9a39-0c4d7a1f2b11",
                "decision_id": "f3b1a9d4-93c5-4b3a-8f2e-5a1f0f6f6a01",
                "kind": "cash",
                "som": 6500,
                "source": "local-budget",
                "given_on": "2026-10-05",
            }
        ]
    },
):
    """What was given, by which decision. ``replaces``: the entry that this corrects."""

    matter_id: Id
    decision_id: Id
    kind: Annotated[aid.Kind, Word]
    source: Annotated[aid.Source, Word]
    given_on: Day
    som: Annotated[int | None, Field(ge=1, le=aid.MOST)] = None
    public_id: PublicId | None = None
    replaces: Id | None = None

    def aid(self) -> aid.Aid:
        """As wanted."""
        return aid.Aid(
            matter_id=self.matter_id,
            decision_id=self.decision_id,
            kind=self.kind,
            source=self.source,
            som=self.som,
            public_id=self.public_id,
        )


class WithdrawalBody(Strict, json_schema_extra={"examples": [{"reason": "entered-twice"}]}):
    """Why something was entered in error."""

    reason: Annotated[VoidReason, Word]
