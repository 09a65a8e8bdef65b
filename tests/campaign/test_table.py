"""The table of faults: whole, named once, and every crash point of the code in it."""

from deploy.topology import PROCESSES
from shared.crash import Point
from tests.campaign.faults import FAULTS, TABLES
from tests.campaign.faults.crashes import AT, SELDOM
from tests.campaign.small_crashes import DEATHS


def test_every_crash_point_is_attacked() -> None:
    """A point that is added to the code is attacked by the campaign, or this fails."""
    assert set(AT) == {str(point) for point in Point}


def test_every_crash_point_kills_somebody_in_small() -> None:
    """In every run of the suite, and one of those whom the campaign kills there."""
    assert {point for points in DEATHS.values() for point in points} == set(AT)
    assert all(name in AT[point][0] for name, points in DEATHS.items() for point in points)


def test_no_two_faults_have_one_name() -> None:
    """A result is kept under its fault's name."""
    assert len(FAULTS) == sum(len(table) for table in TABLES)


def test_whom_a_crash_point_kills_is_there() -> None:
    """A renamed process would never die, and nobody would notice."""
    assert {name for names, _ in AT.values() for name in names} <= PROCESSES.keys()


def test_who_seldom_passes_a_point_is_still_said_to_die_there() -> None:
    """An exception that no longer names anybody would hide somebody later."""
    assert {(name, point) for point, (names, _) in AT.items() for name in names} >= SELDOM
