"""Safe hours: a number is shown while a call does no harm, and masked at every other time."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.disclosed import Frame, Opened, PersonalData, arrange
from services.intake.model.consents import Group
from services.intake.model.persons import ENTERED, REPORTER, Role
from services.intake.model.safe_contact import NEVER, Hours, Reach, mask, reach
from shared.jurisdiction.calendar import WEEKDAYS

BISHKEK = ZoneInfo("Asia/Bishkek")
MONDAY = datetime(2026, 11, 23, tzinfo=BISHKEK)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EVEN = ["Asia/Bishkek", "UTC", "Asia/Kathmandu", "Pacific/Kiritimati"]
TURNED = ["America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Africa/Casablanca"]
OWN, SAFE = "+996000500101", "+996000500199"


def clocks() -> st.SearchStrategy[time]:
    """Hours and minutes."""
    return st.builds(time, st.integers(0, 23), st.integers(0, 59))


def hours() -> st.SearchStrategy[Hours]:
    """Windows as a report may have them: some weekdays, over midnight or not, round the clock."""
    days = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple)
    closes = clocks() | st.just(time())
    return st.builds(Hours, days, clocks() | st.just(time()), closes)


def instants() -> st.SearchStrategy[datetime]:
    """Any minute of two years, with the nights in which clocks are changed."""
    minutes = st.integers(0, 2 * 365 * 24 * 60)
    return minutes.map(lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + passed * MINUTE)


def on_the_wall(found: Hours, at: datetime, zone: ZoneInfo) -> bool:
    """Membership read off a clock and a calendar on the wall."""
    local = at.astimezone(zone)
    clock, today = local.time(), WEEKDAYS[local.weekday()] in found.days
    if found.opens < found.closes:
        return today and found.opens <= clock < found.closes
    yesterday = WEEKDAYS[local.weekday() - 1] in found.days
    return (today and clock >= found.opens) or (yesterday and clock < found.closes)


@given(found=hours(), now=instants(), zone=st.sampled_from(EVEN).map(ZoneInfo))
def test_it_is_safe_exactly_in_the_hours_of_the_wall(
    found: Hours, now: datetime, zone: ZoneInfo
) -> None:
    """Over midnight too, and on the days that were named: the night belongs to its evening."""
    assert reach(found, now + timedelta(days=15), now, zone).safe == on_the_wall(found, now, zone)


@given(
    found=hours(),
    now=instants(),
    zone=st.sampled_from(EVEN + TURNED).map(ZoneInfo),
    left=st.timedeltas(timedelta(0), timedelta(days=20)),
    part=st.floats(0, 0.999),
)
def test_what_is_said_of_the_next_safe_time_comes_true(
    found: Hours, now: datetime, zone: ZoneInfo, left: timedelta, part: float
) -> None:
    """Not safe before it, safe at it; safe until the end that is said, and not at it; never once
    what was said is too old."""
    expires_at = now + left
    stands = reach(found, expires_at, now, zone)
    if stands.safe:
        assert stands.until is not None
        assert now < stands.until <= expires_at
        assert reach(found, expires_at, now + part * (stands.until - now), zone).safe
        assert not reach(found, expires_at, stands.until, zone).safe
    elif stands.next is not None:
        assert now < stands.next < expires_at
        assert reach(found, expires_at, stands.next, zone).safe
        assert not reach(found, expires_at, now + part * (stands.next - now), zone).safe
    else:  # the next one would begin too late
        assert left < timedelta(days=8)


def test_without_hours_no_call_is_safe() -> None:
    """No contact was allowed: there is no next time."""
    assert reach(None, MONDAY + timedelta(days=14), MONDAY, BISHKEK) == NEVER


def test_a_night_belongs_to_its_evening() -> None:
    """Monday 22:00 to 02:00 is safe on Tuesday at one, and not on Monday at one."""
    found, expires = Hours(("mo",), time(22), time(2)), MONDAY + timedelta(days=14)
    assert reach(found, expires, MONDAY + HOUR, BISHKEK) == Reach(
        safe=False, next=MONDAY + 22 * HOUR
    )
    assert reach(found, expires, MONDAY + 25 * HOUR, BISHKEK) == Reach(
        safe=True, until=MONDAY + 26 * HOUR
    )


def test_days_without_a_gap_are_one_window() -> None:
    """Round the clock on every day: safe until what was said is too old."""
    always, expires = Hours(WEEKDAYS, time(), time()), MONDAY + timedelta(days=14)
    assert reach(always, expires, MONDAY + HOUR, BISHKEK) == Reach(safe=True, until=expires)


# --- what is answered ---------------------------------------------------------------------------

CONTACT: dict[str, Any] = {
    "channel": "call",
    "phone": SAFE,
    "days": ["mo"],
    "opens": "10:00",
    "closes": "12:00",
    "leave_message": False,
    "code_word": "кымыз",
    "language": "ky",
}


def shown(
    now: datetime, safe: dict[str, Any] | None = None, *, in_danger: bool = False, **reporter: Any
) -> PersonalData:
    """Everything of a survivor, as it is answered at ``now``; reported on Monday at midnight."""
    frame = Frame(
        territory="41704245845020",
        place="",
        received_at=MONDAY,
        safe_for=timedelta(days=14),
        zone=BISHKEK,
        now=now,
        in_danger=in_danger,
    )
    opened = [
        Opened(Role.SURVIVOR, Group.CONTACT, {"phone": OWN}),
        Opened(Role.SURVIVOR, Group.SAFE_CONTACT, CONTACT if safe is None else safe),
        Opened(Role.REPORTER, REPORTER, {"kind": "survivor", "phone": OWN} | reporter),
    ]
    return arrange([each for each in opened if each.fields], ENTERED, frame)


def test_outside_the_hours_every_number_of_hers_is_masked() -> None:
    """Her own one too, also where she is the reporter; the answer says when it is safe, with the
    zone's offset."""
    data = shown(MONDAY + 9 * HOUR)
    assert data.safe_contact
    assert data.contact
    assert data.reporter
    assert data.safe_contact.code_word == "кымыз"
    for each in (data.safe_contact, data.contact, data.reporter):
        assert each.phone is None
        assert each.safe_now is False
        assert each.safe_next
        assert each.safe_next.isoformat() == "2026-11-23T10:00:00+06:00"
        assert each.time_zone == "Asia/Bishkek"
    assert data.contact.masked_phone == mask(OWN)
    assert OWN not in data.model_dump_json()
    assert SAFE not in data.model_dump_json()


def test_within_the_hours_the_numbers_are_shown_and_until_when() -> None:
    """From the first minute, to the last, which is no longer one."""
    data = shown(MONDAY + 10 * HOUR)
    assert data.safe_contact
    assert data.contact
    assert (data.safe_contact.phone, data.contact.phone) == (SAFE, OWN)
    assert data.safe_contact.safe_now
    assert data.safe_contact.safe_until == MONDAY + 12 * HOUR
    assert SAFE not in shown(MONDAY + 12 * HOUR).model_dump_json()


@pytest.mark.parametrize(
    "safe",
    [
        {"channel": "none", "language": "ky", "phone": SAFE},
        CONTACT | {"days": []},
        CONTACT | {"opens": None},
        {name: value for name, value in CONTACT.items() if name != "closes"},
    ],
    ids=["no contact", "no days", "no beginning", "no end"],
)
def test_without_safe_hours_there_is_no_hour(safe: dict[str, Any]) -> None:
    """No contact allowed, or hours that were not all said: masked, and no next time."""
    data = shown(MONDAY + 11 * HOUR, safe)
    assert data.contact
    assert data.contact.masked_phone == mask(OWN)
    assert data.contact.safe_next is None
    assert SAFE not in data.model_dump_json()


def test_the_end_of_a_day_is_an_end() -> None:
    """Until 24:00: a minute before it the number is there, a minute after it is not."""
    evening = CONTACT | {"opens": "20:00", "closes": "24:00"}
    assert SAFE in shown(MONDAY + 24 * HOUR - MINUTE, evening).model_dump_json()
    assert SAFE not in shown(MONDAY + 24 * HOUR, evening).model_dump_json()


def test_a_life_in_danger_shows_the_numbers_at_any_hour() -> None:
    """Then they are there, and it still says that it is not safe; also when it is too old."""
    for now in (MONDAY + 9 * HOUR, MONDAY + timedelta(days=15)):
        data = shown(now, in_danger=True)
        assert data.safe_contact
        assert data.contact
        assert (data.safe_contact.phone, data.contact.phone) == (SAFE, OWN)
        assert data.safe_contact.safe_now is False


def test_too_old_is_as_unsafe_as_the_night() -> None:
    """After 14 days nothing of the safe contact is shown, and her own number is masked."""
    data = shown(MONDAY + timedelta(days=14, hours=11))
    assert data.safe_contact
    assert data.contact
    assert data.safe_contact.model_dump(exclude_none=True, exclude_defaults=True) == {
        "expired": True,
        "expires_at": MONDAY + timedelta(days=14),
        "safe_now": False,
    }
    assert data.contact.masked_phone == mask(OWN)
    assert data.contact.safe_next is None


def test_where_no_safe_contact_was_recorded_there_are_no_hours() -> None:
    """Her number is what was consented to, as it was."""
    data = shown(MONDAY, {})
    assert data.contact
    assert data.contact.model_dump(exclude_none=True) == {"phone": OWN}


def test_another_reporters_number_is_not_bound() -> None:
    """A neighbour may be called; the same number as hers may not."""
    neighbour = shown(MONDAY, kind="neighbour", phone="+996000500777").reporter
    assert neighbour
    assert neighbour.phone == "+996000500777"
    hers = shown(MONDAY, kind="neighbour").reporter
    assert hers
    assert hers.masked_phone == mask(OWN)
