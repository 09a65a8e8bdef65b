"""Reading a report: what the country's files and the clock make of it."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.bodies import ReportBody
from services.intake.handlers.parse_report import Reader
from services.intake.model.exclusions import Exclusions
from services.intake.model.report import Report
from shared.errors import Invalid
from shared.jurisdiction import Jurisdiction
from shared.plausible import past
from tests.support.intake import report
from tests.support.reports import NOW


def read(kg: Jurisdiction, **fields: Any) -> Report:
    """A report as it may be relied on."""
    return Reader(kg, NOW).report(ReportBody.model_validate(report(**fields)))


def test_phones_are_read_into_one_spelling(kg: Jurisdiction) -> None:
    """With the trunk 0, with spaces, with the country's code."""
    for typed in ("0 000 500 101", "+996 000 500 101", "+996000500101"):
        found = read(kg, survivor={"language": "ky", "phone": typed}).survivor.phone
        assert found == "+996000500101"


def test_places_are_read_as_all_that_lies_in_them(kg: Jurisdiction) -> None:
    """A full code, or the whole beginning of one."""
    places = ["41704245000000", "41703", "41704245845"]
    exclusions = [{"kind": "place", "value": place} for place in places]
    assert read(kg, exclusions=exclusions).excluded == Exclusions(
        places=("41704245", "41703", "41704245845")
    )


def test_ids_are_read_as_the_register_spells_them(kg: Jurisdiction) -> None:
    """In small letters: an exclusion in large ones would be taken, and exclude nobody."""
    exclusions = [
        {"kind": "staff", "value": "ST-Kin"},
        {"kind": "organisation", "value": "Police-Suzak"},
    ]
    found = read(kg, exclusions=exclusions, accused=[{"staff_id": "St-Accused"}]).excluded
    assert found == Exclusions(staff=("st-kin", "st-accused"), organisations=("police-suzak",))


def test_a_birth_year_gives_the_age_reached_this_year(kg: Jurisdiction) -> None:
    """The year is the country's: it begins at midnight in Bishkek."""
    survivor = read(kg, survivor={"language": "ky", "birth_year": 2009}).survivor
    assert (survivor.age, survivor.minor) == (17, True)
    new_year = datetime.fromisoformat("2026-12-31T18:30:00+00:00")
    until = (new_year + timedelta(days=1)).isoformat()
    body = ReportBody.model_validate(
        report(survivor={"language": "ky", "birth_year": 2009})
        | {"consents": [report()["consents"][0] | {"until": until}]}
    )
    assert Reader(kg, new_year).report(body).survivor.age == 17, "18 at a birthday nobody told"


@pytest.mark.parametrize(
    ("born", "band", "minor"),
    [(2010, "16-17", True), (2008, "16-17", True), (2007, "18-29", False), (1996, "30-44", False)],
)
def test_whoever_may_still_be_a_child_counts_as_one(
    kg: Jurisdiction, born: int, band: str, minor: bool
) -> None:
    """Who was born in 2008 may be 17 to the last day of 2026."""
    found = read(kg, survivor={"language": "ky", "birth_year": born})
    assert found.survivor.age is not None
    assert (kg.age_band(found.survivor.age), found.child_involved) == (band, minor)


SAFE = {
    "channel": "sms",
    "phone": "+996000500101",
    "days": ["mo"],
    "from": "10:00",
    "to": "12:00",
    "language": "ky",
}
AGES = "survivor.age"
SIDE: list[tuple[dict[str, Any], str, str]] = [
    ({"survivor": {"language": "ky", "age": False}}, AGES, "was left out: must be a whole number"),
    ({"survivor": {"language": "ky", "age": "34"}}, AGES, "was left out: must be a whole number"),
    ({"survivor": {"language": "ky", "age": 121}}, AGES, "was left out: must be from 0 to 120"),
    (
        {"survivor": {"language": "ky", "birth_year": 1850}},
        "survivor.birth_year",
        "was left out: must be a year of the last 120",
    ),
    (
        {"survivor": {"language": "ky", "phone": "0555-CALL-ME"}},
        "survivor.phone",
        "was left out: must be a telephone number with all its digits",
    ),
    (
        {"survivor": {"language": "ky", "phone": "1" * 41}},
        "survivor.phone",
        "was left out: must have at most 40 characters",
    ),
    (
        {"survivor": {"language": "ky", "name": ["x"]}},
        "survivor.name",
        "was left out: must be text",
    ),
    (
        {"survivor": {"language": "ky", "access_needs": ["wheelchair", "Үй арабасы"]}},
        "survivor.access_needs[1]",
        "was left out: must be small Latin letters, digits and hyphens",
    ),
    (
        {"survivor": {"language": "xx"}},
        "survivor.language",
        "was taken to be other: must be one of ky, ru, uz, en, other",
    ),
    ({"language": "other"}, "language", "was taken to be ky: must be one of ru, uz, en, ky"),
    ({"received_by_channel": "pigeon"}, "received_by_channel", "was left out: must be one of"),
    ({"occurred_at": "2026-11-01T10:00:00"}, "occurred_at", "was left out: must be a time with"),
    ({"occurred_at": 1763000000}, "occurred_at", "was left out: must be a time with its zone"),
    ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at", "was left out: must not be"),
    ({"claimed_at": "9999-12-31T23:59:59-12:00"}, "claimed_at", "was left out: must not be"),
    ({"children": [{"age": 18, "witness": True}]}, "children[0]", "was left out: a child is"),
    ({"children": [{"age": -1, "witness": True}]}, "children[0].age", "was left out: must be at"),
    ({"accused": [{"relation": "x" * 101}]}, "accused[0].relation", "was left out: must have"),
    ({"text": 7}, "text", "was left out: must be text"),
    ({"text": "о" * 20_001}, "text", "was cut at its end: longer than 20000 characters"),
    ({"safe_contact": SAFE | {"phone": "103"}}, "safe_contact.phone", "was left out: must be a"),
    (
        {"safe_contact": SAFE, "accused": [{}, {"phone": "0 000 500 101"}]},
        "safe_contact.phone",
        "was left out: is given for somebody else too",
    ),
    ({"safe_contact": SAFE | {"days": []}}, "safe_contact.days", "the safe contact was taken to"),
    ({"safe_contact": SAFE | {"to": "10:00"}}, "safe_contact.to", "the safe contact was taken to"),
    ({"safe_contact": SAFE | {"to": "25:00"}}, "safe_contact.to", "the safe contact was taken to"),
    ({"safe_contact": SAFE | {"days": ["xx"]}}, "safe_contact.days[0]", "the safe contact was"),
    ({"safe_contact": "эжеси"}, "safe_contact", "the safe contact was taken to be none: must be"),
]


@pytest.mark.parametrize(("sent", "path", "said"), SIDE)
def test_a_side_field_costs_no_report(
    kg: Jurisdiction, sent: dict[str, Any], path: str, said: str
) -> None:
    """What decides nothing is left out and named, and the words repeat nothing of it."""
    found = read(kg, **sent)
    assert [each.field for each in found.left_out] == [path]
    assert f"{found.left_out[0].instead}: {found.left_out[0].message}".startswith(said)
    assert found.needs == ("crisis-counselling",)


def test_a_blank_field_is_one_that_was_not_filled_in(kg: Jurisdiction) -> None:
    """As forms send them: nothing is there, and nothing is said of it."""
    blank = {"language": "ky", "name": "  ", "phone": "", "address": "\u200b"}
    found = read(kg, survivor=blank, accused=[{"name": "", "relation": " "}], text="")
    assert (found.survivor.name, found.survivor.phone, found.survivor.address) == (None,) * 3
    assert (found.accused[0].name, found.text, found.left_out) == (None, None, ())


def test_a_safe_contact_that_is_left_out_binds_her_number_all_the_same(kg: Jurisdiction) -> None:
    """Without a record of one, her own number would be shown at any hour: so none is recorded; and
    where only its number is no good, its hours stay."""
    unfit = read(kg, safe_contact=SAFE | {"to": "10:00"}).safe_contact
    assert unfit is not None
    assert (unfit.channel, unfit.phone, unfit.days) == ("none", None, ())
    theirs = read(kg, safe_contact=SAFE, accused=[{"phone": "+996000500101"}]).safe_contact
    assert theirs is not None
    assert (theirs.channel, theirs.phone, theirs.days) == ("sms", None, ("mo",))


def test_a_child_of_unknown_age_is_a_child(kg: Jurisdiction) -> None:
    """What the law opens for children rests on that there is one."""
    found = read(kg, children=[{"witness": True}, {"age": "алты", "witness": True}])
    assert [child.age for child in found.children] == [None, None]
    assert found.child_involved


@pytest.mark.parametrize(
    ("age", "born", "kept", "dropped"),
    [
        (30, 1990, (30, None), "survivor.birth_year"),
        (30, 2010, (16, 2010), "survivor.age"),
        (16, 1990, (16, None), "survivor.birth_year"),
    ],
)
def test_of_an_age_and_a_year_the_younger_counts(
    kg: Jurisdiction, age: int, born: int, kept: tuple[int, int | None], dropped: str
) -> None:
    """In doubt she is a child."""
    found = read(kg, survivor={"language": "ky", "age": age, "birth_year": born})
    assert (found.survivor.age, found.survivor.birth_year) == kept
    assert [each.field for each in found.left_out] == [dropped]


@pytest.mark.parametrize(
    "sent",
    [
        {"territory": "41799000000000"},
        {"needs": ["magic"]},
        {"danger_signs": [7]},
        {"immediate_danger": "yes"},
        {"sexual_violence_at": "2099-01-01T00:00:00Z"},
        {"exclusions": [{"kind": "place", "value": "41799"}]},
        {"accused": [{"organisation": "Базар 1"}]},
        {"accused": [{"staff_id": ""}]},
        {"children": "эки"},
        {"consents": [{}]},
        {"exclusion": []},
        {"reporter": {"kind": "bird"}},
    ],
)
def test_what_decides_is_never_left_out(kg: Jurisdiction, sent: dict[str, Any]) -> None:
    """Who is asked, how urgently, who must not hear, what may be told: a report that went the
    wrong way would be worse than one that is sent again."""
    with pytest.raises((Invalid, ValidationError)):
        read(kg, **sent)


@given(st.datetimes(timezones=st.timezones()))
def test_every_time_is_judged_without_breaking(kg: Jurisdiction, at: datetime) -> None:
    """From year 1 to 9999, in any zone: taken or refused by name."""
    if NOW - timedelta(days=366 * 100) <= at <= NOW + timedelta(minutes=5):
        past("occurred_at", at, NOW)
        return
    with pytest.raises(Invalid, match="occurred_at"):
        past("occurred_at", at, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
def test_whatever_is_sent_is_taken_or_refused_by_name(
    kg: Jurisdiction, data: st.DataObject
) -> None:
    """Nothing else ever comes of it: no other failure, whatever stands in a field."""
    field = data.draw(st.sampled_from(sorted(report())))
    body = report() | {field: data.draw(JSON)}
    with suppress(Invalid, ValidationError):
        Reader(kg, NOW).report(ReportBody.model_validate(body))


@pytest.mark.parametrize("missing", sorted(set(report()) - {"text"}))
def test_what_is_needed_must_be_there(missing: str) -> None:
    """Only what the description marks may be left out."""
    body = report()
    del body[missing]
    with pytest.raises(ValidationError, match=missing):
        ReportBody.model_validate(body)
