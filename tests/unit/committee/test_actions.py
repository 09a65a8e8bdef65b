"""Actions: what may be reported of one, and when people are reminded."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.actions.model import (
    Action,
    Control,
    Pace,
    Reminder,
    Report,
    Status,
    What,
    next_reminder,
    reminder,
    reported,
)
from shared.errors import Invalid

BISHKEK = Pace(3, 9, ZoneInfo("Asia/Bishkek"))
DECIDED = date(2026, 11, 24)
DUE = date(2026, 12, 10)
ACTION = Action(
    action_id="a",
    decision_id="d",
    sitting_id="s",
    committee_id="c",
    matter_id="m",
    what=What.REFER,
    body="crisis-centre",
    person=None,
    decided_on=DECIDED,
    due=DUE,
    control=Control.IN_WRITING,
)


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.OPEN])
def test_a_report_is_dated_and_can_be_taken_back(status: Status) -> None:
    """Both ways of not being done are reports of their own."""
    done = reported(ACTION, Report(status, DUE), DUE)
    assert (done.status, done.reported_on, done.version) == (status, DUE, 2)
    assert reported(done, Report(Status.OPEN), DUE) == replace(ACTION, version=3)


@pytest.mark.parametrize(
    "report",
    [
        Report(Status.DONE),
        Report(Status.OPEN, DUE),
        Report(Status.DONE, DECIDED - timedelta(days=1)),
        Report(Status.DONE, DUE + timedelta(days=1)),
    ],
)
def test_a_report_of_a_day_that_cannot_be_is_refused(report: Report) -> None:
    """Before the decision, or not yet; without a day, or with one and open."""
    with pytest.raises(Invalid, match="reported_on"):
        reported(ACTION, report, DUE)


def test_an_action_is_overdue_from_the_day_after() -> None:
    """And never once something was reported."""
    assert [ACTION.is_overdue(DUE + timedelta(days=each)) for each in (0, 1)] == [False, True]
    done = reported(ACTION, Report(Status.DONE, DUE), DUE)
    assert not done.is_overdue(DUE + timedelta(days=1))


@given(
    began=st.integers(-30 * 24, 24),
    steps=st.lists(st.integers(1, 200), max_size=12),
)
def test_each_text_is_sent_once_at_most_in_their_order_and_never_late(
    began: int, steps: list[int]
) -> None:
    """Whenever the worker happens to look: each at its hour or after, none when the day is over."""
    now = datetime(2026, 12, 10, tzinfo=UTC) + timedelta(hours=began)
    told: list[Reminder] = []
    at = next_reminder(ACTION, BISHKEK, now)
    for step in steps:
        now += timedelta(hours=step)
        if at is not None and at <= now:
            text = reminder(ACTION, BISHKEK, now)
            if text is not None:
                told.append(text)
                assert now < BISHKEK.ends(now)
                assert (text is Reminder.TODAY) <= (BISHKEK.day(now) == DUE)
                assert BISHKEK.day(now) <= DUE
            at = next_reminder(ACTION, BISHKEK, now)
    assert told in ([], [Reminder.SOON], [Reminder.TODAY], [Reminder.SOON, Reminder.TODAY])


def test_people_are_reminded_three_days_before_and_on_the_day_in_the_morning() -> None:
    """Nine o'clock in Bishkek is three in UTC; of a decision due at once only on the day."""
    soon = datetime(2026, 12, 7, 3, tzinfo=UTC)
    today = datetime(2026, 12, 10, 3, tzinfo=UTC)
    assert next_reminder(ACTION, BISHKEK, soon - timedelta(days=9)) == soon
    assert next_reminder(ACTION, BISHKEK, soon) == today
    assert next_reminder(ACTION, BISHKEK, today) is None
    done = reported(ACTION, Report(Status.DONE, DUE), DUE)
    assert next_reminder(done, BISHKEK, soon - timedelta(days=9)) is None
    assert reminder(done, BISHKEK, today) is None
