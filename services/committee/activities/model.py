"""Prevention meetings, trainings and informing. Pure.

Kinds, days and channels are those of the founding document; topics are codes, so that nobody is
named in them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from services.committee.appeals.model import UNKNOWN, Sex
from services.committee.registry.model import Sector
from shared.errors import Invalid

MOST = 100_000
"""People at one activity, and those whom one reaches a million: more is a mistake of typing."""


class Kind(StrEnum):
    """What was done."""

    MEETING = "meeting"
    TRAINING = "training"
    INFORMING = "informing"


class Topic(StrEnum):
    """What it was about."""

    LAW = "law"
    RIGHTS = "rights"
    WHERE_TO_TURN = "where-to-turn"
    PARENTING = "parenting"
    CHILDREN = "children"
    EARLY_MARRIAGE = "early-marriage"
    BRIDE_KIDNAPPING = "bride-kidnapping"
    ALCOHOL = "alcohol"
    WORK_OF_COMMITTEES = "work-of-committees"
    OTHER = "other"


class Way(StrEnum):
    """By what people were informed."""

    CHAT_GROUP = "chat-group"
    YARD_ROUND = "yard-round"
    PRESS = "press"
    SCHOOL = "school"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Present:
    """How many of one sex and age band were there."""

    sex: Sex
    age_band: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One of them. ``territory`` is where (a full code); ``host`` a sector of the members, or none:
    the committee itself. ``days`` is a training's; ``channel`` and ``reach`` are informing's;
    ``present`` is the others', in its own order."""

    kind: Kind
    territory: str
    topic: Topic
    host: Sector | None = None
    days: int | None = None
    channel: Way | None = None
    reach: int | None = None
    present: tuple[Present, ...] = ()


def checked(activity: Activity, bands: Collection[str]) -> Activity:
    """``activity``, or `Invalid` naming the first field that cannot be. ``bands``: age bands."""
    training, informing = activity.kind is Kind.TRAINING, activity.kind is Kind.INFORMING
    _only("days", activity.days, training)
    _only("channel", activity.channel, informing)
    _only("reach", activity.reach, informing)
    if training and activity.days not in (1, 2):
        raise Invalid("days", "must be 1 or 2")
    if activity.reach is not None and not 0 <= activity.reach <= MOST * 10:
        raise Invalid("reach", f"must be at most {MOST * 10}")
    _counted(activity.present, bands)
    if informing and activity.present:
        raise Invalid("present", "is not for this kind")
    if not informing and not activity.present:
        raise Invalid("present", "is needed")
    return activity


def _only(field: str, value: object, wanted: bool) -> None:
    if wanted and value is None:
        raise Invalid(field, "is needed")
    if not wanted and value is not None:
        raise Invalid(field, "is not for this kind")


def _counted(present: tuple[Present, ...], bands: Collection[str]) -> None:
    seen = set()
    for position, each in enumerate(present):
        where = f"present[{position}]"
        if each.age_band != UNKNOWN and each.age_band not in bands:
            raise Invalid(f"{where}.age_band", f"must be one of {', '.join([*bands, UNKNOWN])}")
        if not 1 <= each.count <= MOST:
            raise Invalid(f"{where}.count", f"must be 1 to {MOST}")
        if (each.sex, each.age_band) in seen:
            raise Invalid(where, "stands there already: say each sex and age band once")
        seen.add((each.sex, each.age_band))
