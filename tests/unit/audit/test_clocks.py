"""What becomes of a wait is one thing, and nobody can make it look better afterwards."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.figures.clocks import COUNTED, DUE, Clock, Response, run
from services.audit.figures.curves import End
from services.audit.figures.facts import OfferFact, RequestFact
from services.audit.figures.worked import Meter, seconds
from shared.jurisdiction import Jurisdiction, load_jurisdiction

ROOT = Path(__file__).parents[3]
ISLES = ROOT / "tests" / "unit" / "jurisdiction" / "isles"
THEIRS = (Clock.ACKNOWLEDGEMENT, Clock.DECISION, Clock.CONTACT)
OF_AN_OFFER = {*COUNTED, Response.NOT_TOLD}


def at(minute: int) -> datetime:
    """So many minutes after the beginning of everything here."""
    return datetime(2026, 11, 30, 12, tzinfo=UTC) + timedelta(minutes=minute)


def instants(stamps: dict[str, int]) -> dict[str, Any]:
    """Minutes as instants."""
    return {name: at(minute) for name, minute in stamps.items()}


def offer(**stamps: int) -> OfferFact:
    """Asked at 0, five minutes to say anything, ten more to decide once seen."""
    named = instants({"answer_by": 5, "decide_by": 15, **stamps})
    return OfferFact(
        offer_id="o",
        service_request_id="s",
        service_type="police-protection",
        organisation="p",
        requested_at=at(0),
        **named,
    )


def need(**stamps: int) -> RequestFact:
    """Opened at 0, fifteen minutes for a yes, thirty more for a contact."""
    named = instants({"permitted_at": 0, "accept_by": 15, "contact_by": 45, **stamps})
    return RequestFact(
        service_request_id="s",
        service_type="police-protection",
        opened_at=at(0),
        **named,
    )


MINUTES = st.integers(-2, 20)
STAMPS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("told_at", "seen_at", "decided_at", "accepted_at", "contact_at", "ended_at"), MINUTES
    ),
)


@given(STAMPS, st.integers(0, 20), st.integers(0, 20))
def test_every_offer_is_in_one_class_whatever_its_stamps_say(
    stamps: dict[str, int], cut: int, later: int
) -> None:
    """No stamp, and no order of them, leaves an offer out, or makes a wait of less than nothing;
    and a failure stays one: what is late or expired is never in time at a later cut."""
    fact = offer(contact_by=12, **stamps)
    for clock in THEIRS:
        found = run(fact, clock, at(cut))
        if found is None:
            assert clock is Clock.CONTACT
            continue
        assert found.response in OF_AN_OFFER
        assert found.start <= found.over
        assert (found.end is End.ANSWERED) == (found.response in (Response.IN_TIME, Response.LATE))
        after = run(fact, clock, at(cut + later))
        if found.response in (Response.LATE, Response.EXPIRED):
            assert after is not None
            assert after.response is not Response.IN_TIME
    assert all(run(fact, clock, at(cut)) is not None for clock in THEIRS[:2])


@pytest.mark.parametrize(
    ("stamps", "cut", "response"),
    [
        ({"told_at": 1, "decided_at": 5}, 20, Response.IN_TIME),
        ({"told_at": 1, "decided_at": 6}, 20, Response.LATE),
        ({"told_at": 1, "decided_at": 6}, 5, Response.OPEN),
        ({"told_at": 1, "decided_at": 9}, 6, Response.EXPIRED),
        ({"told_at": 1, "seen_at": 5, "decided_at": 15}, 20, Response.IN_TIME),
        ({"told_at": 1, "seen_at": 4}, 15, Response.OPEN),
        ({"told_at": 1, "seen_at": 4}, 16, Response.EXPIRED),
        ({"told_at": 1, "seen_at": 6, "decided_at": 9}, 20, Response.LATE),
        ({"told_at": 1, "ended_at": 3}, 20, Response.ENDED),
        ({"told_at": 1, "ended_at": 5}, 20, Response.EXPIRED),
        ({"told_at": 1, "ended_at": 6, "voided_at": 6}, 20, Response.EXPIRED),
        ({"told_at": 1, "decided_at": 2, "ended_at": 3, "voided_at": 3}, 20, Response.IN_TIME),
        ({"told_at": 1, "ended_at": 3, "decided_at": 4}, 20, Response.ENDED),
        ({"told_at": 6}, 20, Response.NOT_TOLD),
        ({}, 2, Response.NOT_TOLD),
        ({"ended_at": 3}, 20, Response.NOT_TOLD),
        ({"decided_at": 4}, 20, Response.IN_TIME),
    ],
)
def test_a_decision_is_judged_by_the_first_limit(
    stamps: dict[str, int], cut: int, response: Response
) -> None:
    """An answer at the limit is in time. "Seen" in time gives the time to decide, and late it gives
    none; voiding a failure does not take it away; what nobody was told of is no silence."""
    found = run(offer(**stamps), Clock.DECISION, at(cut))
    assert found is not None
    assert found.response is response


def test_their_clock_runs_from_when_they_were_told() -> None:
    """And from the asking where they answered untold, or before the message went."""
    starts = [
        run(offer(**stamps), Clock.DECISION, at(20))
        for stamps in (
            {"told_at": 2, "decided_at": 4},
            {"decided_at": 4},
            {"told_at": 5, "seen_at": 4},
        )
    ]
    assert [each.start for each in starts if each] == [at(2), at(0), at(0)]


def test_on_hold_is_subtracted_from_nothing() -> None:
    """Paused before a contact, the first limit stands; resumed, the new one is only shown."""
    fact = offer(
        told_at=1, decided_at=2, accepted_at=2, contact_by=32, on_hold_at=10, contact_by_now=90
    )
    for contact, response in ((None, Response.EXPIRED), (at(60), Response.LATE)):
        found = run(fact._replace(contact_at=contact), Clock.CONTACT, at(120))
        assert found is not None
        assert found.response is response


def test_on_hold_and_then_completed_is_no_contact() -> None:
    """It is a legal end, and one that nobody has said there was a contact at."""
    fact = offer(told_at=1, accepted_at=2, contact_by=32, on_hold_at=10, ended_at=20)
    found = run(fact, Clock.CONTACT, at(120))
    assert found is not None
    assert (found.response, found.over) == (Response.ENDED, at(20))


def test_a_correction_never_hides_the_first() -> None:
    """A yes that was taken back has answered; by what stands, nobody has."""
    fact = need(accepted_at=4)
    first = run(fact, Clock.HER_ACCEPTANCE, at(20))
    stands = run(fact, Clock.HER_ACCEPTANCE, at(20), now=True)
    assert first is not None
    assert stands is not None
    assert (first.response, stands.response) == (Response.IN_TIME, Response.EXPIRED)


@pytest.mark.parametrize(
    ("stamps", "cut", "response", "end"),
    [
        ({"accepted_at": 15}, 20, Response.IN_TIME, End.ANSWERED),
        ({"accepted_at": 18}, 20, Response.LATE, End.ANSWERED),
        ({"accepted_at": 18}, 16, Response.EXPIRED, End.OPEN),
        ({}, 15, Response.OPEN, End.OPEN),
        ({"ended_at": 9}, 20, Response.ENDED, End.OTHERWISE),
        ({"ended_at": 18}, 20, Response.EXPIRED, End.OTHERWISE),
    ],
)
def test_her_clock_goes_on_when_its_limit_has_passed(
    stamps: dict[str, int], cut: int, response: Response, end: End
) -> None:
    """It is due, and failed, and she waits still: that alone is censored."""
    found = run(need(**stamps), Clock.HER_ACCEPTANCE, at(cut))
    assert found is not None
    assert (found.response, found.end) == (response, end)
    assert (found.response in DUE) == (response in DUE)


def test_what_cannot_be_judged_says_why() -> None:
    """Nobody could be asked, or no limit is known; and what opens after the cut is not there."""
    draft, unknown = need()._replace(permitted_at=None), need()._replace(accept_by=None)
    found = [run(each, Clock.HER_ACCEPTANCE, at(20)) for each in (draft, unknown)]
    assert [each.response for each in found if each] == [Response.NO_CONSENT, Response.NO_LIMIT]
    assert run(need(), Clock.HER_ACCEPTANCE, at(-1)) is None
    assert run(need(), Clock.DECISION, at(20)) is None
    assert run(offer(), Clock.HER_ACCEPTANCE, at(20)) is None


@pytest.fixture(scope="module")
def isles() -> Jurisdiction:
    """A country whose clocks change."""
    return load_jurisdiction(ISLES)


@given(st.integers(0, 60 * 24 * 14), st.integers(0, 60 * 24 * 7))
def test_working_time_is_the_calendars(isles: Jurisdiction, start: int, length: int) -> None:
    """Clocks go forward in it; and a wait of part of a second is one of one."""
    first = datetime(2026, 3, 1, tzinfo=isles.zone)
    begun, ended = (
        first.astimezone(UTC) + timedelta(minutes=each) for each in (start, start + length)
    )
    spans = takewhile(lambda span: span[0] < ended, isles.calendar.spans_from(first))
    worked = isles.calendar.between(begun, ended)
    assert timedelta(seconds=Meter(spans).between(begun, ended)) == worked
    assert seconds(begun, begun + timedelta(microseconds=1)) == 1
