"""Shifts, turns and overrides: held against an oracle that counts everything out, day by day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.rosters.duty import LocalDays, Served, Source, of_tier, on_duty
from services.notify.rosters.model import (
    OnHolidays,
    Override,
    Plan,
    Roster,
    Turns,
    Window,
    checked,
    checked_override,
)
from services.notify.rosters.shifts import Gap, gaps, shifts
from shared.errors import Invalid

ZONES = [
    ZoneInfo(name)
    for name in ("Asia/Bishkek", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns")
]
BERLIN = ZONES[1]
PEOPLE = ("st-a", "st-b", "st-c", "st-d")
BEGAN = datetime.fromisoformat("2026-01-05T00:00")
"""A Monday, on the wall."""


def off(day: date) -> bool:
    """Every fifth day of a month is a holiday, and the days on which clocks change in Berlin."""
    return day.day % 5 == 0 or day in (date(2026, 3, 29), date(2026, 10, 25))


def holiday(day: date) -> str | None:
    """What such a day is called."""
    return "holiday" if off(day) else None


instants = st.datetimes(datetime(2026, 1, 3), datetime(2027, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC, microsecond=0)
)
people = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True).map(tuple)
hours = st.integers(0, 47).map(lambda halves: BEGAN + timedelta(minutes=30 * halves))
turns = st.builds(
    Turns,
    st.lists(people, min_size=1, max_size=3).map(tuple),
    hours,
    st.sampled_from([1, 2, 7, 14]),
)
windows = st.builds(
    Window,
    hours,
    st.sampled_from([30, 8 * 60, 12 * 60, 24 * 60, 7 * 24 * 60]).map(
        lambda minutes: timedelta(minutes=minutes)
    ),
    st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=DAILY;INTERVAL=3"]),
    st.none() | turns,
    st.sampled_from(OnHolidays),
)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, datetime]:
    """Two rosters, with overrides near an instant."""
    at = draw(instants)
    rosters = tuple(
        Roster(
            roster_id=name,
            organisation="desk",
            tier=draw(st.sampled_from([1, 2])),
            people=PEOPLE,
            windows=tuple(draw(st.lists(windows, min_size=1, max_size=2))),
        )
        for name in ("one", "two")
    )
    near = st.integers(-96, 96).map(lambda halves: at + timedelta(minutes=30 * halves))
    somebody = st.none() | st.sampled_from([*PEOPLE, "st-e"])
    overrides = [
        Override(
            override_id=str(number),
            roster_id=draw(st.sampled_from(["one", "two"])),
            starts=(starts := draw(near)),
            ends=starts + timedelta(minutes=30 * draw(st.integers(1, 96))),
            leaves=draw(somebody),
            steps_in=draw(somebody),
            reason="illness",
            made_by="st-admin",
            made_at=at,
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    return Plan(rosters, tuple(overrides)), at


def real(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall clock."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def runs(window: Window, at: datetime, zone: ZoneInfo) -> bool:
    """Whether one of all its watches since the first is running."""
    rule = rrulestr(window.rrule, dtstart=window.starts)
    after = window.starts - timedelta(days=1)
    for begins in {window.starts, *rule.xafter(after, inc=True, count=400)}:
        holiday = off(begins.date())
        struck = {"as-ever": False, "off": holiday, "only": not holiday}[window.holidays]
        if not struck and real(begins, zone) <= at < real(begins + window.duration, zone):
            return True
    return False


def group_of(taken: Turns, at: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """The group after every handover since the first, or before it."""
    number, handover, step = 0, taken.since, timedelta(days=taken.days)
    while real(handover, zone) > at:
        number, handover = number - 1, handover - step
    while real(handover + step, zone) <= at:
        number, handover = number + 1, handover + step
    return taken.groups[number % len(taken.groups)]


def overridden(crew: list[str], each: Override) -> list[str]:
    """The crew as an override leaves it."""
    if each.leaves in crew:
        place = crew.index(each.leaves)
        crew[place : place + 1] = [each.steps_in] if each.steps_in else []
    elif each.leaves is None and each.steps_in:
        crew.append(each.steps_in)
    return list(dict.fromkeys(crew))


def counted_out(plan: Plan, at: datetime, zone: ZoneInfo) -> dict[str, list[str]]:
    """By roster, who serves."""
    found: dict[str, list[str]] = {}
    for roster in plan.rosters:
        running = [each for each in roster.windows if runs(each, at, zone)]
        groups = [group_of(each.turns, at, zone) if each.turns else PEOPLE for each in running]
        crew = list(dict.fromkeys(each for group in groups for each in group))
        for each in plan.overrides:
            if each.roster_id == roster.roster_id and each.starts <= at < each.ends:
                crew = overridden(crew, each)
        if running or crew:
            found[roster.roster_id] = crew
    return found


@settings(max_examples=60, deadline=None)
@given(plans(), st.sampled_from(ZONES))
def test_who_is_on_duty_is_as_counted_out(drawn: tuple[Plan, datetime], zone: ZoneInfo) -> None:
    """Turns, holidays and overrides, in nights of 23 and 25 hours as in others."""
    plan, at = drawn
    crews = on_duty(plan, at, LocalDays(zone, holiday))
    found = {crew.roster.roster_id: [each.staff_id for each in crew.people] for crew in crews}
    assert found == counted_out(plan, at, zone)


@settings(max_examples=20, deadline=None)
@given(plans(), st.sampled_from(ZONES))
def test_the_week_shows_whoever_is_called(drawn: tuple[Plan, datetime], zone: ZoneInfo) -> None:
    """At each instant the shift that is running names those whom an alert would go to, and a gap
    stands exactly where nobody would hear one."""
    plan, at = drawn
    days = LocalDays(zone, holiday)
    first, last = at - timedelta(days=1), at + timedelta(days=2)
    found, empty = shifts(plan, first, last, days), gaps(plan, first, last, days, PEOPLE)
    for hour in range(0, 72, 2):
        now = first + timedelta(hours=hour, minutes=7 * hour % 60)
        crews = on_duty(plan, now, days)
        running = [each for each in found if each.starts <= now < each.ends]
        assert sorted((each.roster.roster_id, each.people) for each in running) == sorted(
            (each.roster.roster_id, each.people) for each in crews
        )
        silent = {each.tier for each in empty if each.starts <= now < each.ends}
        assert silent == {
            tier for tier in {1, *plan.tiers} if not set(of_tier(crews, tier)) & set(PEOPLE)
        }
    for roster in plan.rosters:
        mine = [each for each in found if each.roster == roster]
        assert all(before.ends <= after.starts for before, after in pairwise(mine))


def test_a_watch_of_a_week_that_is_over_is_not_shown_a_week_later() -> None:
    """One that began on a holiday, before all that a short look reaches back to: a handover within
    it is no beginning of something that goes on."""
    turns = Turns(groups=(("st-a",),), since=BEGAN, days=14)
    window = Window(
        starts=BEGAN,
        duration=timedelta(days=7),
        rrule="FREQ=WEEKLY;BYDAY=SA,SU",
        turns=turns,
        holidays=OnHolidays.ONLY,
    )
    roster = Roster(roster_id="one", organisation="desk", tier=1, people=PEOPLE, windows=(window,))
    first = datetime(2026, 12, 31, tzinfo=UTC)  # the watch was that of 20 December
    days = LocalDays(ZoneInfo("Asia/Bishkek"), holiday)
    assert shifts(Plan((roster,), ()), first, first + timedelta(days=3), days) == []


def test_a_shift_is_the_same_whichever_week_shows_it() -> None:
    """Whole, also where it goes over the edge: a calendar knows it again by its beginning."""
    night = Window(BEGAN.replace(hour=20), timedelta(hours=12), "FREQ=DAILY")
    roster = Roster(
        roster_id="one", organisation="desk", tier=1, people=("st-a",), windows=(night,)
    )
    added = override(steps_in="st-b", starts=at_hour(1), ends=at_hour(21))
    plan, days = Plan((roster,), (added,)), LocalDays(BERLIN, holiday)
    whole = shifts(plan, at_hour(0), at_hour(72), days)
    for hour in range(71):
        part = shifts(plan, at_hour(hour), at_hour(hour + 1), days)
        assert part == [
            each for each in whole if each.ends > at_hour(hour) and each.starts < at_hour(hour + 1)
        ]


def at_hour(hour: int) -> datetime:
    """Hours from noon of 9 March 2026, in UTC."""
    return datetime(2026, 3, 9, 12, tzinfo=UTC) + timedelta(hours=hour)


def override(**fields: object) -> Override:
    """One of two hours from now."""
    made = {
        "override_id": "o",
        "roster_id": "one",
        "starts": at_hour(0),
        "ends": at_hour(2),
        "leaves": None,
        "steps_in": None,
        "reason": "illness",
        "made_by": "st-admin",
        "made_at": at_hour(0),
    }
    return Override(**made | fields)  # type: ignore[arg-type] # a test's fields


ALWAYS = Window(BEGAN, timedelta(days=1), "FREQ=DAILY")
DESK = Roster(
    roster_id="one", organisation="desk", tier=1, people=("st-a", "st-b"), windows=(ALWAYS,)
)


def test_overrides_hold_in_the_order_of_their_making() -> None:
    """A stand-in takes the place of whom they stand in for, and may be stood in for in turn; one
    that is taken back leaves the next without effect."""
    first = override(override_id="1", leaves="st-a", steps_in="st-c")
    second = override(override_id="2", leaves="st-c", steps_in="st-d")
    days = LocalDays(BERLIN, holiday)
    (crew,) = on_duty(Plan((DESK,), (first, second)), at_hour(0), days)
    assert crew.people == (Served("st-d", Source.OVERRIDE, "2"), Served("st-b", Source.ORDER))
    (crew,) = on_duty(Plan((DESK,), (second,)), at_hour(0), days)
    assert of_tier([crew], 1) == ("st-a", "st-b")


def test_a_gap_says_whether_another_tier_hears() -> None:
    """Everybody is absent for two hours, and the chief's tier serves in the second of them."""
    absent = tuple(
        override(override_id=each, leaves=each, starts=at_hour(1), ends=at_hour(3))
        for each in DESK.people
    )
    chief = replace(DESK, roster_id="two", tier=2, people=("st-d",), windows=())
    helps = override(roster_id="two", steps_in="st-d", starts=at_hour(2), ends=at_hour(3))
    plan = Plan((DESK, chief), (*absent, helps))
    found = gaps(plan, at_hour(0), at_hour(3), LocalDays(BERLIN, holiday), PEOPLE)
    assert found == [
        Gap(1, at_hour(1), at_hour(2), others=False),
        Gap(1, at_hour(2), at_hour(3), others=True),
        Gap(2, at_hour(0), at_hour(1), others=True),
        Gap(2, at_hour(1), at_hour(2), others=False),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"groups": ()}, "windows[0].turns.groups"),
        ({"groups": ((),)}, "windows[0].turns.groups[0]"),
        ({"groups": (("st-a", "st-a"),)}, "windows[0].turns.groups[0]"),
        ({"groups": (("st-a",), ("st-z",))}, "windows[0].turns.groups[1]"),
        ({"days": 0}, "windows[0].turns.every"),
        ({"since": at_hour(0)}, "windows[0].turns.since"),
    ],
)
def test_turns_that_cannot_be_are_refused(changes: dict[str, object], field: str) -> None:
    """By name of the field; all who take turns are people of the roster."""
    wanted = {"groups": (("st-a",), ("st-b",)), "since": BEGAN, "days": 7} | changes
    window = replace(ALWAYS, turns=Turns(**wanted))  # type: ignore[arg-type] # a test's fields
    with pytest.raises(Invalid) as refused:
        checked(replace(DESK, windows=(window,)))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"leaves": "st-a", "ends": at_hour(0)}, "to"),
        ({"leaves": "st-a", "ends": at_hour(93 * 24)}, "to"),
        ({"leaves": "st-a", "made_at": at_hour(2)}, "to"),
        ({}, "out"),
        ({"leaves": "st-z"}, "out"),
        ({"leaves": "st-a", "steps_in": "st-a"}, "in"),
    ],
)
def test_an_override_that_cannot_be_is_refused(changes: dict[str, object], field: str) -> None:
    """By name of the field; whoever stands in may be stood in for."""
    with pytest.raises(Invalid) as refused:
        checked_override(override(**changes), DESK, frozenset())
    assert refused.value.field == field
    checked_override(override(leaves="st-z"), DESK, frozenset({"st-z"}))
