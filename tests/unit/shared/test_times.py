"""Times as people and programs write them: one reading, whichever door they come in by."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from deploy.samples.load import read_report
from services.intake.bodies import WithdrawalBody
from services.notify.bodies import RosterBody
from services.referral.bodies import ByDesk
from shared.jurisdiction.policies import Span
from shared.times import DURATION, INSTANT, NEVER, WALL, Day, day, duration, instant, wall

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPELT = {
    "2026-11-23T12:00:00Z": NOON,
    "2026-11-23t12:00:00z": NOON,
    "2026-11-23 18:00:00+06:00": NOON,
    "2026-11-23T18:00+06:00": NOON,
    "2026-11-23T12:00:00-00:00": NOON,
    "2026-11-23T12:00:00.5Z": NOON + timedelta(milliseconds=500),
    "2026-11-23T12:00:00.1234567Z": NOON + timedelta(microseconds=123456),
    "2026-11-23T12:00:00.123456789123456789+00:00": NOON + timedelta(microseconds=123456),
    "2026-11-23T11:59:60Z": NOON,
    " \u200e2026-11-23T12:00:00Z\u00a0": NOON,
}
REFUSED = {
    "2026-W48-1T12:00:00Z": INSTANT,
    "2026-W48-1": INSTANT,
    "2026-327T12:00:00Z": INSTANT,
    "20261123T120000Z": INSTANT,
    "2026-11-23": INSTANT,
    "2026-11-23T12:00:00": INSTANT,
    "2026-11-23T12Z": INSTANT,
    "2026-11-23T12:00:00,5Z": INSTANT,
    "2026-11-23T12:00:00+0600": INSTANT,
    "٢٠٢٦-11-23T12:00:00Z": INSTANT,
    "1763000000": INSTANT,
    "Айсулуу": INSTANT,
    "": INSTANT,
    "2026-02-30T12:00:00Z": NEVER,
    "2026-11-23T24:00:00Z": NEVER,
    "2026-11-23T12:00:00+06:60": NEVER,
    "2026-11-23T12:00:00+24:00": NEVER,
    "9999-12-31T23:59:60Z": NEVER,
}


@pytest.mark.parametrize("text", SPELT)
def test_an_instant_is_read_however_rfc_3339_lets_it_be_written(text: str) -> None:
    """By itself, and at the doors of intake and referral, which had a reading each."""
    assert instant(text) == SPELT[text]
    assert WithdrawalBody.model_validate({"claimed_at": text}).claimed_at == SPELT[text]
    assert ByDesk.model_validate({"claimed_at": text}).claimed_at == SPELT[text]


@pytest.mark.parametrize("text", REFUSED)
def test_an_instant_written_otherwise_is_refused_in_one_language(text: str) -> None:
    """Whatever was written, the words are ours and none of them is the writer's."""
    with pytest.raises(ValueError, match=r"^must be"):
        instant(text)
    for body in (WithdrawalBody, ByDesk):
        with pytest.raises(ValidationError) as refused:
            body.model_validate({"claimed_at": text})
        assert [each["msg"] for each in refused.value.errors()] == [f"Value error, {REFUSED[text]}"]


@given(st.datetimes(), st.integers(-1439, 1439))
def test_what_python_writes_is_read_back(at: datetime, minutes: int) -> None:
    """Any instant, in any zone whose offset has whole minutes, as every zone of today."""
    there = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert instant(there.isoformat()) == there


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("PT12H", timedelta(hours=12)),
        ("P1D", timedelta(days=1)),
        ("P1W", timedelta(weeks=1)),
        ("PT43200S", timedelta(hours=12)),
        ("PT720M", timedelta(hours=12)),
        ("P1DT12H30M", timedelta(days=1, hours=12, minutes=30)),
        ("PT0.25S", timedelta(milliseconds=250)),
        ("PT0H", timedelta(0)),
    ],
)
def test_a_duration_is_read(text: str, amount: timedelta) -> None:
    """In a roster, in a country's file and in a report's relative time alike."""
    assert duration(text) == amount
    window = {"dtstart": "2026-01-01T20:00", "duration": text, "rrule": "FREQ=DAILY"}
    roster = {"organisation": "o", "tier": 1, "people": [], "windows": [window]}
    assert RosterBody.model_validate(roster).roster("r").windows[0].duration == amount
    if amount:
        assert TypeAdapter(Span).validate_json(f'"{text}"', strict=True) == amount
    body = read_report(
        f"occurred_at: {{ago: {text}}}", Path("r.yaml"), lambda: NOON, ZoneInfo("UTC")
    )
    assert body["occurred_at"] == (NOON - amount).isoformat()


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "12 hours", "P1M", "P1Y", "P1DT", "-PT12H", "PT٣H", "PT1H1D", "12:00", "3600"],
)
def test_a_duration_written_otherwise_is_refused(text: str) -> None:
    """Months have no length, and nothing is guessed."""
    with pytest.raises(ValueError, match=f"^{DURATION}$"):
        duration(text)
    with pytest.raises(ValidationError, match="must be a duration"):
        TypeAdapter(Span).validate_json(f'"{text}"', strict=True)


@pytest.mark.parametrize("number", ["3600", "true", "1.5"])
def test_a_number_is_no_time(number: str) -> None:
    """It would be taken for seconds."""
    for kind in (Span, Day):
        with pytest.raises(ValidationError, match="must be a"):
            TypeAdapter(kind).validate_json(number, strict=True)


def test_a_clock_on_the_wall_has_no_zone_and_a_day_no_clock() -> None:
    """So no week date, and no zone that would be dropped, comes in by a roster or a file."""
    assert wall("2026-01-01t20:00") == datetime(2026, 1, 1, 20)  # noqa: DTZ001 - that is the point
    assert day("2026-11-23") == date(2026, 11, 23)
    for text in ("2026-W01-4T20:00", "2026-01-01T20:00Z", "2026-01-01", "20260101T2000"):
        with pytest.raises(ValueError, match=WALL):
            wall(text)
    for text in ("2026-W48-1", "2026-11-23T00:00", "20261123", "1763000000"):
        with pytest.raises(ValueError, match="must be a date"):
            day(text)
