"""Appeals: what may stand in the register, and what may become of it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.appeals.model import (
    Answer,
    Appeal,
    Applicant,
    Kind,
    Reply,
    Sex,
    State,
    Subject,
    Way,
    answered,
    checked,
    corrected,
    linked,
)
from shared.errors import Conflict, Invalid, Refused

TODAY = date(2026, 11, 30)
WOMAN = Applicant(village="41704245845020", sex=Sex.FEMALE, age_band="30-44")
INCIDENT = "0b0f6d0e-5f0c-4c7b-9a55-3a7f5f1f6f11"
EXPLAINED = Reply(answer=Answer.EXPLAINED, day=date(2026, 11, 27))


def appeal(**fields: Any) -> Appeal:
    """An appeal of a woman of Uchkun, received on Tuesday and due in three weeks."""
    usual: dict[str, Any] = {
        "appeal_id": "appeal",
        "committee_id": "committee",
        "matter_id": "matter",
        "received_on": date(2026, 11, 24),
        "journal_no": "17",
        "way": Way.WRITTEN,
        "collective": False,
        "kind": Kind.APPLICATION,
        "subject": Subject.MATERIAL_AID,
        "applicant": WOMAN,
        "answer_by": date(2026, 12, 14),
    }
    return Appeal(**usual | fields)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
        ({"received_on": date(26, 11, 24)}, "received_on"),
        ({"applicant": replace(WOMAN, sex=None)}, "sex"),
        ({"applicant": replace(WOMAN, age_band=None)}, "age_band"),
        ({"collective": True}, "sex"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(fields: dict[str, Any], named: str) -> None:
    """Days to come, years mistyped; more than is kept of several people, or less of one."""
    checked(appeal(), TODAY)
    checked(appeal(collective=True, applicant=Applicant(village=WOMAN.village)), TODAY)
    with pytest.raises(Invalid) as refused:
        checked(appeal(**fields), TODAY)
    assert refused.value.field == named


@pytest.mark.parametrize(
    ("reply", "named"),
    [
        (replace(EXPLAINED, day=date(2026, 11, 23)), "answered_on"),
        (replace(EXPLAINED, day=TODAY + timedelta(days=1)), "answered_on"),
        (replace(EXPLAINED, body="police-naryn"), "forwarded_to"),
        (replace(EXPLAINED, answer=Answer.FORWARDED), "forwarded_to"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_by_its_field(reply: Reply, named: str) -> None:
    """Before it came, after today, or forwarded to nobody."""
    with pytest.raises(Invalid) as refused:
        answered(appeal(), reply, TODAY)
    assert refused.value.field == named


def test_an_incident_is_never_answered_by_letter() -> None:
    """A letter to her home is read there. What was answered may still turn out to be one."""
    with pytest.raises(Conflict):
        answered(linked(appeal(), INCIDENT, TODAY), EXPLAINED, TODAY)
    late_seen = linked(answered(appeal(), EXPLAINED, TODAY), INCIDENT, TODAY)
    assert late_seen.state is State.INCIDENT
    with pytest.raises(Conflict):
        linked(late_seen, "another", TODAY)


@pytest.mark.parametrize("waited", [13, 14, 15])
def test_what_nobody_acted_upon_in_time_is_late_for_ever(waited: int) -> None:
    """Whether it was answered or opened as an incident, and however it stands today."""
    due = date(2026, 12, 14)
    day = date(2026, 12, waited)
    for done in (
        answered(appeal(), replace(EXPLAINED, day=day), day),
        linked(appeal(), INCIDENT, day),
    ):
        assert done.late(day + timedelta(days=400)) is (day > due)
    assert appeal().late(day) is (day > due)
    assert not appeal(answer_by=None).late(day)


acts = st.lists(
    st.one_of(
        st.tuples(st.just("link"), st.sampled_from([INCIDENT, "another"])),
        st.tuples(st.just("answer"), st.sampled_from([EXPLAINED, replace(EXPLAINED, day=TODAY)])),
        st.tuples(st.just("correct"), st.sampled_from(["17", "18"])),
    ),
    max_size=6,
)


@given(acts)
def test_laws_of_the_register(done: list[tuple[str, Any]]) -> None:
    """Whatever is done in whatever order: the same twice changes nothing, what changes has a new
    version, an incident stays that incident, and its village is known to intake alone."""
    held = appeal()
    for act, given_ in done:
        try:
            new = _do(held, act, given_)
        except Refused:
            continue
        assert _do(new, act, given_) is new
        assert new.version == held.version + (new is not held)
        assert held.incident_id in (None, new.incident_id)
        assert (new.applicant.village is None) is (new.state is State.INCIDENT)
        assert (new.matter_id, new.answer_by) == (held.matter_id, held.answer_by)
        held = new


def _do(held: Appeal, act: str, given_: Any) -> Appeal:
    if act == "link":
        return linked(held, given_, TODAY)
    if act == "answer":
        return answered(held, given_, TODAY)
    return corrected(held, appeal(matter_id="", journal_no=given_))
