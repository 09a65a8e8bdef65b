"""How long a session lasts: idle and whole, by where somebody sits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.console.sessions.model import Ending, Session, SessionKind

BEGAN = datetime(2026, 11, 30, 9, tzinfo=UTC)


def session(kind: SessionKind) -> Session:
    """One that has begun."""
    return Session(
        session_id="a",
        staff_id="st-one",
        organisation="desk",
        roles=frozenset({"worker"}),
        territories=(),
        language="ky",
        kind=kind,
        csrf="c",
        started_at=BEGAN,
        seen_at=BEGAN,
        ends_at=BEGAN + kind.whole,
        checked_at=BEGAN,
    )


@pytest.mark.parametrize(
    ("kind", "idle", "whole"),
    [("desk", 15, 12 * 60), ("shared", 5, 12 * 60), ("officer", 15, 2 * 60)],
)
def test_it_ends_when_nothing_is_done_and_when_its_time_is_over(
    kind: str, idle: int, whole: int
) -> None:
    """To the instant; what is done in it keeps it up to its whole time and no longer."""
    one, minute, little = session(SessionKind(kind)), timedelta(minutes=1), timedelta(seconds=1)
    assert one.ending(BEGAN + idle * minute - little) is None
    assert one.ending(BEGAN + idle * minute) is Ending.IDLE
    used = replace(one, seen_at=BEGAN + whole * minute - little)
    assert used.ending(BEGAN + whole * minute - little) is None
    assert used.ending(BEGAN + whole * minute) is Ending.OVER
    assert used.idle_until == used.ends_at


def test_the_register_is_believed_for_five_minutes() -> None:
    """Then it is asked again before anything more is done."""
    one = session(SessionKind.DESK)
    assert not one.doubtful(BEGAN + timedelta(minutes=4, seconds=59))
    assert one.doubtful(BEGAN + timedelta(minutes=5))
