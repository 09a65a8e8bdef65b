"""Numbers as people type them become one spelling, or are refused by name of the field."""

import pytest

from shared.errors import Invalid
from shared.jurisdiction.phones import normalise


@pytest.mark.parametrize(
    "typed", ["0555 123456", "555123456", "996555123456", "+996 (555) 12-34-56", "00996555123456"]
)
def test_every_usual_spelling_is_one_number(typed: str) -> None:
    """Trunk zero, country code, blanks and brackets change nothing."""
    assert normalise(typed, "996", 9) == "+996555123456"


def test_the_fictional_range_and_other_countries_are_taken() -> None:
    """Samples use +996 000, and staff may have a neighbour country's number."""
    assert normalise("+996 000 100001", "996", 9) == "+996000100001"
    assert normalise("+12025550100", "996", 9) == "+12025550100"


@pytest.mark.parametrize(
    "typed",
    ["112", "102", "+996112", "0555-ABC-DEF", "", "+", "55512345", "+9965551234567", "٠٥٥٥١٢٣٤٥٦"],
)
def test_what_is_no_full_number_is_refused(typed: str) -> None:
    """A short code above all: 112 would parse as a number of ours."""
    with pytest.raises(Invalid) as refused:
        normalise(typed, "996", 9, "contact.phone")
    assert refused.value.field == "contact.phone"
