"""What the directory says of organisations, and what of it is news."""

from dataclasses import replace

from services.referral.directory.listings import Listing, differences
from services.referral.directory.model import Directory, Organisation

CENTRE = Organisation("centre", "Centre", "crisis-centre", territories=("41704",))
POLICE = Organisation("unit", "Unit", "police", territories=("41705", "41706"))
SAID = Listing("centre", "crisis-centre", ("41704",), listed=True, version=3)


def directory(*organisations: Organisation) -> Directory:
    """Organisations without services."""
    return Directory("d1", {each.id: each for each in organisations}, {}, (14, 8, 5, 3))


def test_of_what_was_never_said_everything_is_news() -> None:
    """By id, in a first version each."""
    assert differences(directory(POLICE, CENTRE), {}) == [
        Listing("centre", "crisis-centre", ("41704",), listed=True, version=1),
        Listing("unit", "police", ("41705", "41706"), listed=True, version=1),
    ]


def test_what_was_said_is_no_news() -> None:
    """Whatever else of an entry changed: its name, its services."""
    assert differences(directory(replace(CENTRE, name="New")), {"centre": SAID}) == []


def test_another_kind_place_or_desk_is_said_in_the_next_version() -> None:
    """Each alone."""
    police = replace(CENTRE, kind="police")
    assert differences(directory(police), {"centre": SAID}) == [
        Listing("centre", "police", ("41704",), listed=True, version=4)
    ]
    moved = replace(CENTRE, territories=("41705",))
    assert differences(directory(moved), {"centre": SAID}) == [
        Listing("centre", "crisis-centre", ("41705",), listed=True, version=4)
    ]
    answered_for = replace(CENTRE, desks=("line",))
    assert differences(directory(answered_for), {"centre": SAID}) == [
        replace(SAID, version=4, desks=("line",))
    ]


def test_what_is_gone_is_said_once_as_it_was_known() -> None:
    """Not listed, with the last kind and territories; then there is nothing more to say of it."""
    gone = Listing("centre", "crisis-centre", ("41704",), listed=False, version=4)
    assert differences(directory(), {"centre": SAID}) == [gone]
    assert differences(directory(), {"centre": gone}) == []


def test_what_returns_is_said_in_the_version_after_its_end() -> None:
    """Versions go on where they were: an older event never looks newer."""
    gone = Listing("centre", "crisis-centre", ("41704",), listed=False, version=4)
    assert differences(directory(CENTRE), {"centre": gone}) == [
        Listing("centre", "crisis-centre", ("41704",), listed=True, version=5)
    ]
