"""Views of activities and of aid."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel

from services.committee.actions.model import What
from services.committee.activities.model import Activity, Kind, Topic, Way
from services.committee.aid.model import Aid, Decided, Source
from services.committee.aid.model import Kind as AidKind
from services.committee.appeals.model import Sex
from services.committee.entries import Kept
from services.committee.registry.model import Sector
from shared.http.pages import Next


class EntryView(BaseModel):
    """What every entry has: when it was entered, what it replaced, and when and why it ended.

    ``first_at``: when the first of its story was entered, by which reports count it.
    """

    entry_id: str
    entered_at: datetime
    entered_by: str
    first_at: datetime
    replaces: str | None
    ended_at: datetime | None
    ended_because: str | None


class PresentView(BaseModel):
    """How many of one sex and age band were there."""

    sex: Sex
    age_band: str
    count: int


class ActivityView(EntryView):
    """An activity; ``place`` is what its territory is called."""

    kind: Kind
    happened_on: date
    territory: str
    place: str
    topic: Topic
    host: Sector | None
    days: int | None
    channel: Way | None
    reach: int | None
    present: list[PresentView]

    @classmethod
    def of(cls, kept: Kept[Activity], place: str) -> Self:
        """With the name of its place."""
        what = kept.what
        return cls(
            **_entry(kept),
            kind=what.kind,
            happened_on=kept.draft.happened_on,
            territory=what.territory,
            place=place,
            topic=what.topic,
            host=what.host,
            days=what.days,
            channel=what.channel,
            reach=what.reach,
            present=[
                PresentView(sex=each.sex, age_band=each.age_band, count=each.count)
                for each in what.present
            ],
        )


class ActivitiesView(BaseModel):
    """A page of activities, latest first."""

    activities: list[ActivityView]
    next: Next = None


class AidView(EntryView):
    """Aid of a matter."""

    matter_id: str
    decision_id: str
    kind: AidKind
    som: int | None
    source: Source
    given_on: date
    public_id: str | None

    @classmethod
    def of(cls, kept: Kept[Aid]) -> Self:
        """As it is kept."""
        what = kept.what
        return cls(
            **_entry(kept),
            matter_id=what.matter_id,
            decision_id=what.decision_id,
            kind=what.kind,
            som=what.som,
            source=what.source,
            given_on=kept.draft.happened_on,
            public_id=what.public_id,
        )


class AidsView(BaseModel):
    """A page of aid, latest first."""

    aid: list[AidView]
    next: Next = None

    @classmethod
    def of(cls, kept: Iterable[Kept[Aid]], following: str | None = None) -> Self:
        """As they are kept."""
        return cls(aid=[AidView.of(each) for each in kept], next=following)


class DecidedView(BaseModel):
    """A decision by which something may be given; ``cases``: public ids of its matter's."""

    decision_id: str
    matter_id: str
    what: What
    decided_on: date
    cases: list[str]

    @classmethod
    def of(cls, decided: Decided) -> Self:
        """As it stands."""
        return cls.model_validate(asdict(decided))


class DecisionsView(BaseModel):
    """Decisions that stand, the latest first."""

    decisions: list[DecidedView]

    @classmethod
    def of(cls, decisions: Iterable[Decided]) -> Self:
        """As they stand."""
        return cls(decisions=[DecidedView.of(each) for each in decisions])


def _entry(kept: Kept[Any]) -> dict[str, Any]:
    return {
        "entry_id": kept.draft.entry_id,
        "entered_at": kept.entered_at,
        "entered_by": kept.entered_by,
        "first_at": kept.story.first_at,
        "replaces": kept.draft.replaces,
        "ended_at": kept.ended and kept.ended.at,
        "ended_because": kept.ended and kept.ended.because,
    }
