"""What referral's HTTP takes from decoded JSON, and what it does not take for something else."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.referral import bodies
from shared.events.words import RejectReason


def test_a_coded_reason_and_a_time_are_taken_as_json_has_them() -> None:
    """FastAPI validates decoded JSON: words and times arrive as text."""
    said = bodies.Reject.model_validate(
        {"reason": "at-capacity", "claimed_at": "2026-11-23T12:00:00+06:00"}
    )
    assert said.reason is RejectReason.AT_CAPACITY
    assert said.claimed_at is not None
    assert said.claimed_at.utcoffset() is not None
    assert bodies.Fail.model_validate({"reason": "no-contact"}).reason
    assert bodies.Hold.model_validate({"reason": "unsafe", "review_at": "2026-11-23T12:00:00Z"})


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "because"},
        {"reason": False},
        {"reason": "other", "claimed_at": 1700000000},
        {"reason": "other", "claimed_at": False},
        {"reason": "other", "claimed_at": "2026-11-23T12:00:00"},
        {"reason": "other", "claimed_at": "yesterday"},
    ],
)
def test_nothing_else_is_taken_for_a_reason_or_a_time(body: dict[str, Any]) -> None:
    """A number is no time, and a time without an offset is nobody's."""
    with pytest.raises(ValidationError):
        bodies.Reject.model_validate(body)
