"""Tables: registers of a year as files, with words in the place of codes."""

from collections.abc import Iterable
from itertools import product
from zoneinfo import ZoneInfo

from services.committee.activities.model import Activity
from services.committee.aid.model import Aid
from services.committee.entries import Kept
from services.committee.views_report import Said
from services.committee.vocabularies import BANDS
from shared.csv_text import Cell, Variant, csv_text

ACTIVITIES = (
    "day",
    "entered on",
    "kind of work",
    "topic",
    "place",
    "host",
    "days",
    "channel",
    "people",
)
AID = ("day", "entered on", "kind of aid", "som", "source", "case", "decision")


def activities_text(found: Iterable[Kept[Activity]], said: Said, variant: Variant) -> str:
    """A row each, with a column for each sex and age band of who was there."""
    labels = said.labels
    groups = list(product(labels.of("sexes"), labels.of(BANDS)))
    head = [said.say(each) for each in ACTIVITIES] + [
        f"{labels.label('sexes', sex)}, {labels.label(BANDS, band)}" for sex, band in groups
    ]

    def row(kept: Kept[Activity]) -> list[Cell]:
        what = kept.what
        counts = {(each.sex.value, each.age_band): each.count for each in what.present}
        return [
            *_days(kept, said.zone),
            labels.label("activity_kinds", what.kind),
            labels.label("topics", what.topic),
            said.place(what.territory),
            labels.label("sectors", what.host) or said.say("the committee itself"),
            what.days,
            labels.label("channels", what.channel),
            sum(counts.values()) if what.reach is None else what.reach,
            *(counts.get(each) for each in groups),
        ]

    return csv_text(head, map(row, found), variant)


def aid_text(found: Iterable[Kept[Aid]], said: Said, variant: Variant) -> str:
    """A row each; nobody's name is in it."""
    labels = said.labels

    def row(kept: Kept[Aid]) -> list[Cell]:
        what = kept.what
        return [
            *_days(kept, said.zone),
            labels.label("aid_kinds", what.kind),
            what.som,
            labels.label("aid_sources", what.source),
            what.public_id,
            what.decision_id,
        ]

    return csv_text([said.say(each) for each in AID], map(row, found), variant)


def _days(kept: Kept[Activity] | Kept[Aid], zone: ZoneInfo) -> tuple[str, str]:
    entered = kept.story.first_at.astimezone(zone).date()
    return kept.draft.happened_on.isoformat(), entered.isoformat()
