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
