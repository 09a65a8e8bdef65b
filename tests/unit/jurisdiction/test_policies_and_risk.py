"""The defaults of the country, as its brief states them."""

from datetime import timedelta
from itertools import pairwise

import pytest

from shared.errors import Invalid
from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction, Timers
from shared.jurisdiction.policies import Policies

M, H, D = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("need", "urgency", "ack", "decide", "contact"),
    [
        ("police-protection", "immediate", 5 * M, 5 * M, 30 * M),
        ("police-protection", "standard", 15 * M, 30 * M, 4 * H),
        ("health", "immediate", 5 * M, 10 * M, 60 * M),
        ("shelter", "high", 10 * M, 20 * M, 2 * H),
        ("shelter", "standard", 60 * M, 3 * H, 24 * H),
        ("crisis-counselling", "high", 30 * M, 60 * M, 4 * H),
        ("child-protection", "immediate", 15 * M, 60 * M, 24 * H),
        ("legal-aid", "standard", 8 * H, 24 * H, 72 * H),
        ("local-committee", "high", 4 * H, 24 * H, 72 * H),
        ("transport", "standard", 24 * H, 72 * H, 7 * D),
    ],
)
def test_the_clocks_are_those_agreed(
    kg: Jurisdiction, need: str, urgency: str, ack: timedelta, decide: timedelta, contact: timedelta
) -> None:
    """Each row of the table of defaults, `default` for what it does not name."""
    assert kg.timers(need, Urgency(urgency)) == Timers(ack=ack, decide=decide, contact=contact)


def test_more_urgent_is_never_slower(kg: Jurisdiction) -> None:
    """For every need and clock; and the coordinator hears of silence no later."""
    for need in kg.service_types:
        clocks = [kg.timers(need, urgency) for urgency in Urgency]
        assert all(
            first.ack <= then.ack and first.decide <= then.decide and first.contact <= then.contact
            for first, then in pairwise(clocks)
        )
    told = [kg.policies.ladder[urgency].coordinator_after for urgency in Urgency]
    assert told == sorted(told)


def test_a_place_is_held_no_longer_than_four_hours(kg: Jurisdiction) -> None:
    """Held while an offer is open, at most: a shelter's bed is not blocked for days."""
    assert kg.policies.hold_for(kg.timers("shelter", Urgency.IMMEDIATE)) == 30 * M
    assert kg.policies.hold_for(kg.timers("housing", Urgency.STANDARD)) == 4 * H


def test_policies_travel_as_text_and_come_back_the_same(kg: Jurisdiction) -> None:
    """A service request keeps the version it was opened under."""
    assert Policies.model_validate_json(kg.policies.model_dump_json()) == kg.policies


@pytest.mark.parametrize(
    ("signs", "danger", "urgency"),
    [
        ([], False, "standard"),
        (["stalking"], False, "standard"),
        (["stalking", "afraid"], False, "high"),
        (["death-threat"], False, "high"),
        (["weapon"], False, "immediate"),
        (["leaving", "afraid", "stalking", "pregnant"], False, "immediate"),
        (["stalking", "stalking", "stalking"], False, "standard"),
        ([], True, "immediate"),
    ],
)
def test_danger_signs_come_to_an_urgency(
    kg: Jurisdiction, signs: list[str], danger: bool, urgency: str
) -> None:
    """By score, by a sign that is enough alone, and by plain danger; a repeat counts once."""
    assert kg.checklist.assess(signs, immediate_danger=danger).urgency == urgency


def test_a_sign_not_on_the_list_is_refused_by_its_place(kg: Jurisdiction) -> None:
    """The second of them, not "danger_signs"."""
    with pytest.raises(Invalid, match=r"danger_signs\[1\]"):
        kg.checklist.assess(["weapon", "horoscope"], immediate_danger=False)


@pytest.mark.parametrize(
    ("age", "band"), [(0, "0-2"), (2, "0-2"), (3, "3-6"), (17, "16-17"), (34, "30-44"), (97, "60+")]
)
def test_an_age_leaves_as_a_band(kg: Jurisdiction, age: int, band: str) -> None:
    """18 is a bound: a minor and an adult are never in one band."""
    assert kg.age_band(age) == band
    assert 18 in kg.profile.age_bands


def test_an_age_below_nought_is_refused(kg: Jurisdiction) -> None:
    """It has no band."""
    with pytest.raises(Invalid, match="age"):
        kg.age_band(-1)


def test_every_need_has_a_provider_kind_and_names(kg: Jurisdiction) -> None:
    """In all languages of the staff."""
    for code, service_type in kg.service_types.items():
        assert set(service_type.names) == set(kg.profile.languages), code
    for sign in kg.checklist.signs:
        assert set(sign.names) == set(kg.profile.languages), sign.id


def test_the_dead_line_is_not_printed_and_an_unrung_number_is_not_shown(kg: Jurisdiction) -> None:
    """1226 stays out; what nobody has verified is kept back."""
    numbers = {each.number: each for each in kg.profile.emergency_numbers}
    assert "1226" not in numbers
    assert {"102", "112"} <= {number for number, each in numbers.items() if each.printed}
    assert all(each.verified_on for each in numbers.values() if each.printed)
