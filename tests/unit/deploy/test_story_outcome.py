"""A smoke run names what was expected and what was found, and counts nothing twice."""

import pytest

from deploy.demo.story.board import Case
from deploy.demo.story.outcome import count, differences
from deploy.demo.story.watch import why
from deploy.samples.load import Expectation, Incident, Reached
from services.referral.views import ServiceRequestView
from shared.events.words import Fulfilment, OfferStatus, ServiceRequestStatus
from tests.unit.deploy.test_story_lines import need, offer

PLACED = Reached(
    need="shelter",
    status=ServiceRequestStatus.ACTIVE,
    fulfilment=Fulfilment.PLACED,
    organisations=("one", "two"),
)
EXHAUSTED = Reached(
    need="shelter", status=ServiceRequestStatus.ACTIVE, fulfilment=Fulfilment.EXHAUSTED
)


def case(reached: Reached, found: ServiceRequestView | None, name: str = "01-one") -> Case:
    """A case that came so far."""
    expect = Expectation(needs=(reached,))
    sample = Incident(story="", reported_by="st-one", report={}, cast=(), expect=expect)
    return Case(name, sample, needs={"shelter": found} if found else {})


def placed(organisation: str, *, late: bool = False) -> ServiceRequestView:
    """A need that somebody has."""
    accepted = offer(organisation, OfferStatus.ACCEPTED, late=late)
    return need(accepted, fulfilment=Fulfilment.PLACED)


@pytest.mark.parametrize("organisation", ["one", "two"])
def test_it_may_be_placed_with_any_that_is_named(organisation: str) -> None:
    """Whoever works at this hour."""
    assert list(differences(case(PLACED, placed(organisation)))) == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "found no such need"),
        (need(offer("one")), "found active offering (asked: one requested)"),
        (placed("three"), "found active placed with three (asked: three accepted)"),
        (placed("one", late=True), "found active placed with one late (asked: one accepted)"),
    ],
)
def test_anything_else_is_named(found: ServiceRequestView | None, words: str) -> None:
    """With what was expected beside it."""
    (line,) = differences(case(PLACED, found))
    assert line.startswith("shelter: expected active placed with one or two, found")
    assert line.endswith(words)


def test_a_need_nobody_expected_is_named() -> None:
    """A need that opened by mistake alerts people about nothing."""
    played = case(PLACED, placed("one"))
    played.needs["transport"] = need()
    assert list(differences(played)) == [
        "transport: expected no such need, found active offering (nobody asked)"
    ]


def test_every_case_counts_once() -> None:
    """Accepted, escalated or lost."""
    cases = [case(PLACED, None, "1"), case(EXHAUSTED, None, "2"), case(PLACED, None, "3")]
    counted = count({"3": ["shelter: …"]}, cases)
    assert str(counted) == "3 incidents, 1 accepted, 1 escalated, 1 lost"


def test_why_is_told_in_words() -> None:
    """Who came first and where it is, and why others were left out."""
    first = {"organisation": "one", "distance": 1, "free": 3, "why": "in-area"}
    looked = {"candidates": [first], "excluded": [{"reason": "full"}, {"reason": "full"}]}
    assert why([looked]) == "1 can help, first one (same aimak, 3 free); left out: 2 full"
    assert why([{"candidates": [], "excluded": []}]) == "nobody can help"
