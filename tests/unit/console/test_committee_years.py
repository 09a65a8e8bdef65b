"""Years to which a committee's lists lead."""

import pytest

from services.console.pages.committee.registers import years


@pytest.mark.parametrize(
    ("shown", "ahead", "led_to"),
    [
        (2026, 1, [2025, 2026, 2027]),
        (2026, 0, [2025, 2026]),
        (2027, 1, [2026, 2027]),
        (2021, 0, [2021, 2022, 2026]),
        (2000, 1, [2000, 2026]),
        (2200, 1, [2026, 2200]),
    ],
)
def test_lists_lead_nowhere_that_is_refused(shown: int, ahead: int, led_to: list[int]) -> None:
    """Five years back and no further on than can be entered; always to this year, and to what is
    shown, which is marked."""
    assert years(shown, 2026, ahead) == led_to
