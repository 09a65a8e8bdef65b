"""What is needed, what the law adds, and what permits it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.model.consents import BY_LAW, Given, Group, Terms, in_force
from services.intake.model.needs import (
    Law,
    lawful_terms,
    open_needs,
    record_consents,
)
from services.intake.model.report import Child, Report, Survivor
from shared.errors import Invalid
from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction
from tests.support.reports import NOW, reported

NewId = Callable[[], str]
STANDARD, HIGH, IMMEDIATE = Urgency.STANDARD, Urgency.HIGH, Urgency.IMMEDIATE


def terms(need: str, kind: str, **fields: Any) -> Terms:
    """A survivor's consent for thirty days."""
    named: dict[str, Any] = {
        "need": need,
        "recipient_kind": kind,
        "purpose": "service",
        "scope": (Group.STORY,),
        "given_by": "survivor",
        "how": "oral",
        "until": NOW + timedelta(days=30),
    }
    return Terms(**(named | fields))


def recorded(need: str, kind: str, ground: str = "vital-interest") -> Given:
    """A ground that an officer recorded."""
    grounds = {"given_by": "officer", "until": None, "ground": ground, "named_person": "st-1"}
    return Given(terms=terms(need, kind, **grounds))


def types(report: Report, urgency: Urgency, law: Law) -> list[str]:
    """The service types of the needs a report opens."""
    return [each.service_type for each in open_needs(report, urgency, law, NOW, lambda: "id")]


def test_what_was_asked_for_comes_first_and_once(law: Law) -> None:
    """A child's duty that was asked for anyway is one need."""
    report = reported(needs=("child-protection", "shelter"), children=(Child(age=8, witness=True),))
    assert types(report, STANDARD, law) == ["child-protection", "shelter"]


@pytest.mark.parametrize("witness", [True, False])
def test_a_child_opens_child_protection(law: Law, witness: bool) -> None:
    """Hurt or witness: both are survivors by law."""
    report = reported(children=(Child(age=3, witness=witness),))
    assert types(report, STANDARD, law) == ["crisis-counselling", "child-protection"]


@pytest.mark.parametrize(("age", "opens"), [(17, True), (18, False), (None, False)])
def test_a_survivor_under_age_opens_it_too(law: Law, age: int | None, opens: bool) -> None:
    """Only if certainly under age: what is shared without consent rests on no guess."""
    report = reported(survivor=Survivor(language="ky", age=age))
    assert ("child-protection" in types(report, STANDARD, law)) == opens


def test_danger_calls_police_only_where_somebody_allowed_it(law: Law) -> None:
    """Neither danger without a consent, nor a consent without danger."""
    allowed = (recorded("police-protection", "police"),)
    assert "police-protection" not in types(reported(), IMMEDIATE, law)
    assert "police-protection" not in types(reported(given=allowed), HIGH, law)
    assert "police-protection" in types(reported(given=allowed), IMMEDIATE, law)


def test_a_report_that_opens_nothing_is_refused(law: Law) -> None:
    """Somebody must be asked for something."""
    with pytest.raises(Invalid) as refusal:
        open_needs(reported(needs=()), STANDARD, law, NOW, lambda: "id")
    assert refusal.value.field == "needs"


@given(hours=st.integers(0, 200), urgency=st.sampled_from(Urgency))
@settings(max_examples=60)
def test_clinical_clocks_count_from_the_act(law: Law, hours: int, urgency: Urgency) -> None:
    """72 and 120 hours; while one runs the need is immediate, and the others are as they were."""
    report = reported(needs=("health", "shelter"), sexual_violence_at=NOW - timedelta(hours=hours))
    health, shelter = open_needs(report, urgency, law, NOW, lambda: "id")
    left = [timedelta(hours=each - hours) for each in (72, 120) if each > hours]
    assert [until - NOW for until in health.act_within] == left
    assert health.urgency is (IMMEDIATE if left else urgency)
    assert (shelter.urgency, shelter.act_within) == (urgency, ())


def test_no_clock_runs_without_sexual_violence(law: Law) -> None:
    """Health alone is as urgent as the case."""
    (health,) = open_needs(reported(needs=("health",)), STANDARD, law, NOW, lambda: "id")
    assert (health.urgency, health.act_within) == (STANDARD, ())


def permitted(report: Report, urgency: Urgency, law: Law, new_id: NewId) -> dict[str, list[Terms]]:
    """The terms in force by service type."""
    needs = open_needs(report, urgency, law, NOW, new_id)
    lawful = lawful_terms(report, urgency, law, "st-9")
    consents = record_consents(report.given, needs, lawful, law, new_id)
    return {
        need.service_type: [each.terms for each in in_force(consents, need.need_id, NOW)]
        for need in needs
    }


def test_a_need_nobody_permitted_has_no_permission(law: Law, new_id: NewId) -> None:
    """It is reported all the same, and waits."""
    report = reported(needs=("shelter", "legal-aid"), given=(Given(terms=terms("shelter", "ngo")),))
    found = permitted(report, STANDARD, law, new_id)
    assert [each.recipient_kind for each in found["shelter"]] == ["ngo"]
    assert found["legal-aid"] == []


def test_the_law_permits_the_child_s_need_without_a_way_to_call_the_survivor(
    law: Law, new_id: NewId, kg: Jurisdiction
) -> None:
    """On its ground, for every kind that may provide it; whoever took the report answers for it."""
    report = reported(children=(Child(age=8, witness=True),))
    found = permitted(report, STANDARD, law, new_id)["child-protection"]
    kinds = kg.service_types["child-protection"].kinds
    assert tuple(each.recipient_kind for each in found) == kinds
    for each in found:
        assert (each.given_by, each.ground, each.named_person) == (
            BY_LAW,
            "child-protection",
            "st-9",
        )
        assert not {Group.CONTACT, Group.SAFE_CONTACT, Group.HEALTH} & set(each.scope)


def test_an_officer_s_own_ground_stands_instead_of_the_law_s(law: Law, new_id: NewId) -> None:
    """What was recorded for the kind is not widened."""
    own = recorded("child-protection", "child-protection-body", "child-protection")
    report = reported(children=(Child(age=8, witness=True),), given=(own,))
    assert permitted(report, STANDARD, law, new_id)["child-protection"] == [own.terms]


def test_a_consent_for_a_need_nobody_has_is_refused(law: Law, new_id: NewId) -> None:
    """It could never be used, and whoever gave it would believe otherwise."""
    report = reported(given=(Given(terms=terms("shelter", "ngo")),))
    with pytest.raises(Invalid) as refusal:
        permitted(report, STANDARD, law, new_id)
    assert refusal.value.field == "consents[0].need"


def test_a_service_for_the_accused_is_told_nothing_of_the_survivor(law: Law, new_id: NewId) -> None:
    """Its provider works with him, and talks with him."""
    programme = terms("corrective-programme", "ngo", scope=(Group.RISK,))
    report = reported(needs=("corrective-programme",), given=(Given(terms=programme),))
    assert permitted(report, STANDARD, law, new_id) == {"corrective-programme": [programme]}
    for group in set(Group) - {Group.RISK}:
        wider = Given(terms=replace(programme, scope=(Group.RISK, group)))
        with pytest.raises(Invalid, match="risk only"):
            permitted(replace(report, given=(wider,)), STANDARD, law, new_id)


@given(st.data())
@settings(max_examples=60)
def test_nothing_is_permitted_that_nobody_gave(law: Law, data: st.DataObject) -> None:
    """Every term in force was given, or is the law's for a child."""
    asked = data.draw(st.lists(st.sampled_from(["shelter", "health"]), min_size=1, unique=True))
    given_terms = [
        Given(terms=terms(need, "ngo", scope=(group,)))
        for need in data.draw(st.lists(st.sampled_from(asked)))
        for group in [data.draw(st.sampled_from(Group))]
    ]
    children = data.draw(st.lists(st.builds(Child, age=st.integers(0, 17), witness=st.booleans())))
    report = reported(needs=tuple(asked), given=tuple(given_terms), children=tuple(children))
    numbers = count()
    urgency = data.draw(st.sampled_from(Urgency))
    found = permitted(report, urgency, law, lambda: f"id-{next(numbers)}")
    given_by_people = [each for listed in found.values() for each in listed if not each.by_law]
    assert set(given_by_people) <= {each.terms for each in given_terms}
    by_law = [need for need, listed in found.items() for each in listed if each.by_law]
    assert set(by_law) == ({"child-protection"} if children else set())


def test_now_is_an_argument(law: Law, now: datetime) -> None:
    """The same report at the same moment opens the same needs."""
    report = reported(needs=("health",), sexual_violence_at=now - timedelta(hours=1))
    first = open_needs(report, STANDARD, law, now, lambda: "id")
    assert first == open_needs(report, STANDARD, law, now, lambda: "id")
