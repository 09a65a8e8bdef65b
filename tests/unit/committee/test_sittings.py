"""Sittings: who makes a quorum, how many may vote, and what cannot have been decided."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.actions.model import Control, What
from services.committee.registry.model import Member, Order, Sector
from services.committee.sittings.model import (
    Attendance,
    Decision,
    Invited,
    Kind,
    Outcome,
    Result,
    Sitting,
    State,
    Votes,
    held,
    hosting,
    settled,
    timed,
)
from services.committee.sittings.room import Quorum, Room, quorum
from shared.errors import Invalid

DAY = date(2026, 11, 24)
BEGINS = datetime(2026, 11, 24, 8, tzinfo=UTC)
ORDER = Order(number="14-б", day=date(2026, 1, 12))
NOBODY: frozenset[str] = frozenset()
PEOPLE = [f"st-{number}" for number in range(8)]
HALF = 50


def member(staff_id: str, **fields: Any) -> Member:
    """A member since January, whose member id is ``m-`` and the staff id."""
    usual: dict[str, Any] = {
        "member_id": f"m-{staff_id}",
        "committee_id": "c",
        "staff_id": staff_id,
        "body": "school",
        "sector": Sector.EDUCATION,
        "order": ORDER,
        "member_from": ORDER.day,
    }
    return Member(**usual | fields)


FIVE = [member(each) for each in PEOPLE[:5]]
DEPUTY = member("st-deputy", deputy_of="m-st-0")


def room(*here: str, members: list[Member] | None = None) -> Room:
    """These are there."""
    return Room(day=DAY, members=members or FIVE, here=frozenset(here))


def sitting(inside: Room, **fields: Any) -> Sitting:
    """An hour, led by st-1, with the quorum of whoever was there."""
    usual: dict[str, Any] = {
        "sitting_id": "s",
        "committee_id": "c",
        "kind": Kind.EMERGENCY,
        "starts": BEGINS,
        "ends": BEGINS + timedelta(hours=1),
        "place": "41704245845000",
        "chair": "st-1",
        "secretary": "st-2",
        "state": State.HELD,
        "held_on": DAY,
        "quorum": quorum(inside, HALF),
    }
    return Sitting(**usual | fields)


def decision(**fields: Any) -> Decision:
    """The crisis centre is asked within a month."""
    usual: dict[str, Any] = {
        "decision_id": "d",
        "what": What.REFER,
        "body": "crisis-centre",
        "due": DAY + timedelta(days=30),
        "control": Control.IN_WRITING,
    }
    return Decision(**usual | fields)


def decided(*votes: int, **fields: Any) -> Outcome:
    """One decision, by these votes."""
    usual: dict[str, Any] = {
        "result": Result.DECIDED,
        "votes": Votes(*votes),
        "decisions": (decision(),),
    }
    return Outcome(**usual | fields)


def problem(outcome: Outcome, inside: Room, left: frozenset[str] = NOBODY) -> str:
    """The field for which an outcome is refused."""
    with pytest.raises(Invalid) as refusal:
        settled(outcome, sitting(inside), inside, left)
    return refusal.value.field


def test_a_deputy_fills_the_seat_of_a_member_who_is_not_there_and_no_seat_of_their_own() -> None:
    """Both of them are one seat; whose member has gone for good fills none."""
    known = [*FIVE, DEPUTY]
    assert len(room(members=known).seats) == 5
    assert room("st-deputy", members=known).filled() == 1
    assert room("st-0", "st-deputy", members=known).filled() == 1
    assert room("st-0", "st-deputy", members=known).filled(["st-0"]) == 1
    gone = [replace(FIVE[0], member_to=DAY - timedelta(days=1)), *FIVE[1:], DEPUTY]
    assert room("st-deputy", members=gone).filled() == 0
    assert len(room(members=gone).seats) == 4


@given(
    count=st.integers(1, 8),
    here=st.frozensets(st.sampled_from(PEOPLE)),
    left=st.frozensets(st.sampled_from(PEOPLE)),
    more=st.sampled_from(PEOPLE),
)
def test_whoever_leaves_never_adds_to_those_who_decide(
    count: int, here: frozenset[str], left: frozenset[str], more: str
) -> None:
    """Seats filled never exceed seats; a quorum is more than half of them, and can be had."""
    inside = room(*here, members=[member(each) for each in PEOPLE[:count]])
    found = quorum(inside, HALF)
    assert inside.filled(left | {more}) <= inside.filled(left) <= found.filled <= found.seats
    assert found.seats < 2 * found.needed <= found.seats + 2
    assert found.needed <= found.seats


@given(
    in_favour=st.integers(0, 6),
    against=st.integers(0, 6),
    abstained=st.integers(0, 6),
    left=st.frozensets(st.sampled_from(["st-0", "st-3", "st-4"])),
)
def test_what_is_decided_had_a_quorum_and_no_vote_too_many(
    in_favour: int, against: int, abstained: int, left: frozenset[str]
) -> None:
    """Of any votes and any who left, what stands keeps to both."""
    inside = room(*PEOPLE[:5])
    outcome = decided(in_favour, against, abstained)
    try:
        filled = settled(outcome, sitting(inside), inside, left)
    except Invalid:
        return
    assert filled == 5 - len(left) >= 3
    assert in_favour + against + abstained <= filled
    assert in_favour >= max(against, 1)


def test_a_sitting_is_held_by_members_of_that_day_whom_some_were_named_for() -> None:
    """Each refusal names its field; whoever is a member from tomorrow on is none today."""
    inside = room("st-1", "st-2")
    attended = [("st-1", Attendance.PRESENT), ("st-2", Attendance.PRESENT)]
    done = held(sitting(inside, state=State.PLANNED), attended, inside, HALF)
    assert (done.state, done.held_on, done.quorum) == (State.HELD, DAY, Quorum(5, 3, 2))
    tomorrow = member("st-9", member_from=DAY + timedelta(days=1))
    later = replace(inside, members=[*FIVE, tomorrow])
    for who, field in (("st-9", "attendance[2].staff_id"), ("st-1", "attendance[2].staff_id")):
        with pytest.raises(Invalid, match=r"attendance\[2\]") as refusal:
            held(sitting(inside), [*attended, (who, Attendance.APOLOGIES)], later, HALF)
        assert refusal.value.field == field
    with pytest.raises(Invalid, match="chair"):
        held(sitting(inside, chair="st-3"), attended, inside, HALF)


@pytest.mark.parametrize("lasts", [timedelta(0), timedelta(hours=-1)])
def test_a_sitting_ends_after_it_begins(lasts: timedelta) -> None:
    """A mistyped day is seen at once."""
    with pytest.raises(Invalid, match="ends"):
        timed(sitting(room(), ends=BEGINS + lasts))


def test_nobody_who_left_an_item_leads_it_or_sees_to_what_is_decided() -> None:
    """Where the chair left, somebody else who was there leads."""
    inside = room(*PEOPLE[:5])
    gone = frozenset({"st-1"})
    assert problem(decided(3, 0, 0), inside, gone) == "chair"
    assert problem(decided(3, 0, 0, chair="st-9"), inside, gone) == "chair"
    assert settled(decided(3, 0, 0, chair="st-2"), sitting(inside), inside, gone) == 4
    ours = decided(3, 0, 0, chair="st-2", decisions=(decision(person="st-1"),))
    assert problem(ours, inside, gone) == "decisions[0].person"


@pytest.mark.parametrize(
    ("outcome", "field"),
    [
        (decided(3, 0, 0, decisions=()), "decisions"),
        (decided(3, 0, 0, votes=None), "votes"),
        (decided(1, 2, 0), "votes"),
        (decided(3, 0, 0, decisions=(decision(due=DAY - timedelta(days=1)),)), "decisions[0].due"),
        (decided(3, 0, 0, decisions=(decision(person="st-9"),)), "decisions[0].person"),
        (Outcome(result=Result.NOTED, votes=Votes(1, 0, 0)), "votes"),
        (Outcome(result=Result.NOTED, decisions=(decision(),)), "decisions"),
    ],
)
def test_an_outcome_that_cannot_be_names_its_field(outcome: Outcome, field: str) -> None:
    """What was not voted on has no votes, and what was decided has a decision."""
    assert problem(outcome, room(*PEOPLE[:5])) == field


def test_without_a_quorum_an_item_may_be_noted_or_postponed() -> None:
    """Two of five decide nothing, in an emergency too."""
    inside = room("st-1", "st-2")
    assert problem(decided(2, 0, 0), inside) == "result"
    for result in (Result.NOTED, Result.POSTPONED):
        assert settled(Outcome(result=result), sitting(inside), inside, NOBODY) == 2


def test_another_body_signs_only_if_it_came() -> None:
    """It is named once, too."""
    assert hosting([Invited("police", came=True, signed=True), Invited("school")])
    with pytest.raises(Invalid, match=r"invited\[0\].signed"):
        hosting([Invited("police", came=False, signed=True)])
    with pytest.raises(Invalid, match=r"invited\[1\].body"):
        hosting([Invited("police"), Invited("police")])
