"""Plans of work: what may be planned, and to what another body has said yes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.plan.model import (
    Indicator,
    Item,
    Joint,
    Money,
    Target,
    Terms,
    Work,
    changed,
    checked,
    done,
    replied,
)
from shared.errors import Conflict, Invalid, Refused

TODAY = date(2026, 11, 30)
TERMS = Terms(
    year=2026,
    quarter=4,
    work=Work.PREVENTION_MEETING,
    prepares="aksakal-court",
    reports="committee-uchkun",
    target=Target(indicator=Indicator.PEOPLE, count=100),
)
POLICE = Joint(organisation="police-naryn")


def item(**fields: Any) -> Item:
    """A meeting that is planned with the police."""
    usual: dict[str, Any] = {
        "item_id": "item",
        "committee_id": "committee",
        "organisation": "committee-uchkun",
        "matter_id": "matter",
        "terms": TERMS,
        "joint": POLICE,
    }
    return Item(**usual | fields)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"terms": replace(TERMS, year=2028)}, "year"),
        ({"terms": replace(TERMS, year=2020)}, "year"),
        ({"joint": Joint(organisation="committee-uchkun")}, "joint_with"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(fields: dict[str, Any], named: str) -> None:
    """A year that nobody plans for, and a body that would agree with itself."""
    checked(item(), TODAY)
    with pytest.raises(Invalid) as refused:
        checked(item(**fields), TODAY)
    assert refused.value.field == named


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2025, 12, 31)])
def test_a_day_on_which_it_cannot_have_been_done_is_refused(day: date) -> None:
    """Tomorrow, or before the year of its plan."""
    with pytest.raises(Invalid) as refused:
        done(item(joint=None), day, TODAY)
    assert refused.value.field == "done_on"


def test_a_yes_to_what_has_changed_since_is_none() -> None:
    """Whoever says yes has looked at the row as it is, and not at the one before."""
    seen = item()
    moved = changed(seen, replace(seen, terms=replace(TERMS, quarter=3)))
    with pytest.raises(Conflict):
        replied(moved, replace(POLICE, yes=True, by="st-one"), seen.version)


joints = st.sampled_from([None, POLICE, Joint(organisation="school-uchkun")])
wanted = st.builds(
    lambda quarter, joint, money: item(
        terms=replace(TERMS, quarter=quarter), joint=joint, money=money, matter_id=""
    ),
    st.integers(3, 4),
    joints,
    st.sampled_from([Money.NONE, Money.DONOR]),
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("change"), wanted),
        st.tuples(st.just("reply"), st.booleans()),
        st.tuples(st.just("done"), st.sampled_from([None, date(2026, 10, 1), TODAY])),
    ),
    max_size=8,
)


@given(acts)
def test_laws_of_a_plan(played: list[tuple[str, Any]]) -> None:
    """Whatever is done in whatever order: the same twice changes nothing, what changes has a new
    version, a yes is to what is planned now, and nothing joint is done without one."""
    held, agreed = item(), None
    for act, given_ in played:
        try:
            new = _do(held, act, given_)
        except Refused:
            continue
        assert _do(new, act, given_) is new
        assert new.version == held.version + (new is not held)
        if act == "reply":
            agreed = (new.terms, new.joint.organisation) if new.joint else None
        if new.joint is not None:
            if new.joint.yes is not None:
                assert agreed == (new.terms, new.joint.organisation)
            assert new.done_on is None or new.joint.yes
        held = new


def _do(held: Item, act: str, given_: Any) -> Item:
    if act == "change":
        return changed(held, given_)
    if act == "done":
        return done(held, given_, TODAY)
    if held.joint is None:
        raise Conflict("nobody was asked")
    return replied(held, replace(held.joint, yes=given_, by="st-one"), held.version)
