"""The cast answers as its lines say, each once, and whoever is not named stays silent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.demo.story.board import Alert, Case
from deploy.demo.story.lines import THINKS, Cue, cues
from deploy.samples.load import Expectation, Incident, Line, Reached, Says
from services.referral.offer_views import OfferLine
from services.referral.views import ServiceRequestView
from shared.events.words import (
    Answer,
    Fulfilment,
    OfferStatus,
    RejectReason,
    ServiceRequestStatus,
    Urgency,
)

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXT = "Kezek: Ответ до 18:00: БЕРУ/НЕТ/ПОЛУЧИЛ BC234KM"


def offer(organisation: str, status: OfferStatus = OfferStatus.REQUESTED, **said: Any) -> OfferLine:
    """An offer as a coordinator sees it."""
    return OfferLine(
        offer_id=f"offer-{organisation}",
        organisation=organisation,
        service=f"{organisation}-shelter",
        status=status,
        tier=1,
        requested_at=AT,
        answer_by=AT,
        deadline=None,
        told=True,
        **{"person": None, "late": False, "reason": None, "take_over_by": None} | said,
    )


def need(*offers: OfferLine, fulfilment: Fulfilment = Fulfilment.OFFERING) -> ServiceRequestView:
    """A need with these offers."""
    return ServiceRequestView(
        service_request_id="request-1",
        public_id="K7M4P2",
        incident_id="incident-1",
        need_id="need-1",
        service_type="shelter",
        urgency=Urgency.HIGH,
        raion="41711000000000",
        status=ServiceRequestStatus.ACTIVE,
        fulfilment=fulfilment,
        opened_at=AT,
        policy="demo",
        next_due=None,
        act_within=[],
        can_do=[],
        offers=list(offers),
    )


def case(line: Line, *offers: OfferLine, alerted: tuple[str, ...] = ("st-one",)) -> Case:
    """A case whose people were alerted of the first offer, one second apart."""
    reached = Reached(need="shelter", status=ServiceRequestStatus.ACTIVE)
    sample = Incident(
        story="",
        reported_by="st-reporter",
        report={},
        cast=(line,),
        expect=Expectation(needs=(reached,)),
    )
    played = Case("01-one", sample, needs={"shelter": need(*offers)})
    for second, staff_id in enumerate(alerted):
        alert = Alert(offers[0].offer_id, staff_id, "+996000100001", "BC234KM", TEXT, second)
        played.alerts[alert.offer_id, staff_id] = alert
    return played


def line(says: Says, **said: Any) -> Line:
    """A line of the cast at one shelter."""
    return Line(organisation="one", need="shelter", says=says, **said)


def answers(played: Case, now: float = 60.0) -> list[tuple[str, Answer]]:
    """Who says what."""
    return [(cue.alert.staff_id, cue.answer) for cue in cues(played, now, ())]


@pytest.mark.parametrize(
    ("says", "status", "answer"),
    [
        (Says.ACCEPT, OfferStatus.REQUESTED, Answer.ACCEPT),
        (Says.REJECT, OfferStatus.REQUESTED, Answer.REJECT),
        (Says.SEEN_THEN_ACCEPT, OfferStatus.REQUESTED, Answer.RECEIVED),
        (Says.SEEN_THEN_ACCEPT, OfferStatus.RECEIVED, Answer.ACCEPT),
        (Says.SILENT, OfferStatus.REQUESTED, None),
        (Says.SILENT, OfferStatus.EXPIRED, None),
        (Says.LATE_ACCEPT, OfferStatus.REQUESTED, None),
        (Says.LATE_ACCEPT, OfferStatus.EXPIRED, Answer.ACCEPT),
    ],
)
def test_each_line_is_said_in_its_time(
    says: Says, status: OfferStatus, answer: Answer | None
) -> None:
    """A late yes waits until the offer's own time is over; silence is silence."""
    said = answers(case(line(says), offer("one", status)))
    assert said == ([("st-one", answer)] if answer else [])


def test_nobody_answers_before_a_spectator_can_follow() -> None:
    """An alert is on the screen for a moment first."""
    played = case(line(Says.ACCEPT), offer("one"))
    assert answers(played, now=THINKS - 0.1) == []
    assert answers(played, now=THINKS) == [("st-one", Answer.ACCEPT)]


def test_one_on_duty_speaks_for_an_organisation_unless_a_person_is_named() -> None:
    """Without a name it is who was told first."""
    two = ("st-one", "st-two")
    assert answers(case(line(Says.ACCEPT), offer("one"), alerted=two)) == [
        ("st-one", Answer.ACCEPT)
    ]
    named = line(Says.ACCEPT, person="st-two")
    assert answers(case(named, offer("one"), alerted=two)) == [("st-two", Answer.ACCEPT)]


def test_an_answer_is_given_once() -> None:
    """What was said is not said again at the next look."""
    played = case(line(Says.REJECT, reason=RejectReason.UNSAFE, by="api"), offer("one"))
    cue = next(iter(cues(played, 60.0, ())))
    assert isinstance(cue, Cue)
    assert list(cues(played, 61.0, {cue.key})) == []


def test_other_organisations_are_not_spoken_for() -> None:
    """An offer elsewhere is nobody's in the cast."""
    assert answers(case(line(Says.ACCEPT), offer("another"))) == []
