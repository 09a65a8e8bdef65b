"""Activities and aid: what can be, and which field is named where it cannot."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.committee.activities.model import Activity, Kind, Present, Topic, Way, checked
from services.committee.aid import model as aid
from services.committee.appeals.model import Sex
from services.committee.entries import Draft, Kept, Story, again
from shared.errors import Conflict, Invalid

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
BANDS = ("0-2", "30-44", "60+")
WOMEN = Present(sex=Sex.FEMALE, age_band="30-44", count=12)
TRAINING = Activity(
    kind=Kind.TRAINING,
    territory="41704245845000",
    topic=Topic.LAW,
    days=2,
    present=(WOMEN, Present(sex=Sex.MALE, age_band="unknown", count=1)),
)
MEETING = replace(TRAINING, kind=Kind.MEETING, days=None)
INFORMING = replace(MEETING, kind=Kind.INFORMING, present=(), channel=Way.PRESS, reach=0)
CASH = aid.Aid(
    matter_id="m", decision_id="d", kind=aid.Kind.CASH, source=aid.Source.DONOR, som=6500
)
DRAFT = Draft(entry_id="e", happened_on=date(2026, 11, 1))


@pytest.mark.parametrize("one", [TRAINING, MEETING, INFORMING])
def test_each_kind_is_taken_with_what_is_its_own(one: Activity) -> None:
    """A training has days, informing a channel and a reach, and nobody is counted twice."""
    assert checked(one, BANDS) == one


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (replace(TRAINING, days=None), "days"),
        (replace(TRAINING, days=3), "days"),
        (replace(MEETING, days=1), "days"),
        (replace(MEETING, channel=Way.PRESS), "channel"),
        (replace(MEETING, reach=5), "reach"),
        (replace(MEETING, present=()), "present"),
        (replace(INFORMING, channel=None), "channel"),
        (replace(INFORMING, reach=None), "reach"),
        (replace(INFORMING, reach=-1), "reach"),
        (replace(INFORMING, present=(WOMEN,)), "present"),
        (replace(MEETING, present=(WOMEN, WOMEN)), "present[1]"),
        (replace(MEETING, present=(replace(WOMEN, age_band="31"),)), "present[0].age_band"),
        (replace(MEETING, present=(replace(WOMEN, count=0),)), "present[0].count"),
    ],
)
def test_what_cannot_be_names_its_field(one: Activity, field: str) -> None:
    """And nothing of it is kept."""
    with pytest.raises(Invalid) as refused:
        checked(one, BANDS)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (replace(CASH, decision_id=""), "decision_id"),
        (replace(CASH, som=None), "som"),
        (replace(CASH, som=0), "som"),
        (replace(CASH, kind=aid.Kind.HOUSE, som=aid.MOST + 1), "som"),
    ],
)
def test_aid_without_a_decision_and_cash_without_a_sum_are_refused(
    one: aid.Aid, field: str
) -> None:
    """A house or papers may be given without one."""
    assert aid.checked(replace(CASH, kind=aid.Kind.HOUSE, som=None))
    with pytest.raises(Invalid) as refused:
        aid.checked(one)
    assert refused.value.field == field


def test_an_id_is_one_entry_for_ever() -> None:
    """Sent again it is what it was; with anything else in it, it is refused."""
    story = Story(first_id="e", first_at=NOW)
    kept = Kept(draft=DRAFT, story=story, entered_at=NOW, entered_by="st-one", what=CASH)
    assert again(kept, DRAFT, CASH) is kept
    for draft, what in (
        (DRAFT, replace(CASH, som=1)),
        (replace(DRAFT, happened_on=date(2026, 11, 2)), CASH),
        (replace(DRAFT, replaces="f"), CASH),
    ):
        with pytest.raises(Conflict):
            again(kept, draft, what)
