"""Whom to alert, what may still be sent, what becomes of a failed attempt."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.answers.model import VAIN_MAX, History, Outcome, news_of, question
from services.notify.delivery.model import (
    GATHERED,
    REPEATS_MAX,
    Candidate,
    DropReason,
    Failure,
    Kind,
    Lane,
    Message,
    Offer,
    SendContext,
    Status,
    after_failure,
    drop_reason,
    ending,
    failure_of,
    whom_to_alert,
)
from shared.events.words import OPEN, Answer, Judgement, OfferStatus, UnreachableReason, Urgency
from shared.jurisdiction.texts import TEMPLATES

NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
VAIN = (
    Outcome.NO_CODE,
    Outcome.WHICH_CODE,
    Outcome.UNCLEAR,
    Outcome.WRONG_CODE,
    Outcome.STRANGER,
)
ALERT = Message(
    message_id="m",
    kind=Kind.ALERT,
    template="alert-high",
    channel="sms",
    staff_id="st-a",
    urgency=Urgency.HIGH,
    valid_until=NOW + timedelta(minutes=5),
    alert_id="a",
    offer_id="o",
)
FINE = SendContext(
    now=NOW,
    offer_status=OfferStatus.REQUESTED,
    is_staff=True,
    excluded=False,
    unit_excluded=False,
    destination="+996000000001",
)
OFFER = Offer(
    offer_id="o",
    incident_id="i",
    service_request_id="s",
    organisation="desk",
    status=OfferStatus.REQUESTED,
    version=1,
)
A = Candidate("st-a", ("sms", "email"), excluded=False)
B = Candidate("st-b", ("email",), excluded=False)


def test_everybody_on_duty_who_may_hear_is_told_in_order() -> None:
    """Excluded people and people without contacts are left out, the others are told."""
    hidden = Candidate("st-x", ("sms",), excluded=True)
    mute = Candidate("st-m", (), excluded=False)
    chosen = whom_to_alert([B, hidden, A, mute], unit_excluded=False, in_time=True)
    assert chosen == (B, A)


@pytest.mark.parametrize(
    ("candidates", "unit_excluded", "in_time", "reason"),
    [
        ([A], False, False, UnreachableReason.TOO_LATE),
        ([A], True, True, UnreachableReason.UNIT_EXCLUDED),
        ([A], True, False, UnreachableReason.UNIT_EXCLUDED),
        ([], False, True, UnreachableReason.NO_DUTY),
        ([replace(A, excluded=True)], False, True, UnreachableReason.EXCLUDED),
        ([replace(A, channels=())], False, True, UnreachableReason.NO_CONTACT),
    ],
)
def test_nobody_to_tell_has_a_reason(
    candidates: list[Candidate], unit_excluded: bool, in_time: bool, reason: UnreachableReason
) -> None:
    """Referral goes on at once, and knows why."""
    assert whom_to_alert(candidates, unit_excluded=unit_excluded, in_time=in_time) is reason


def test_an_alert_in_order_is_sent() -> None:
    """Nothing stands in its way."""
    assert drop_reason(ALERT, FINE) is None


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        (replace(FINE, now=ALERT.valid_until), DropReason.DEADLINE),
        (replace(FINE, offer_status=OfferStatus.EXPIRED), DropReason.OFFER_OVER),
        (replace(FINE, offer_status=OfferStatus.ACCEPTED), DropReason.OFFER_OVER),
        (replace(FINE, offer_status=OfferStatus.CANCELLED), DropReason.OFFER_OVER),
        (replace(FINE, is_staff=False), DropReason.NOT_STAFF),
        (replace(FINE, excluded=True), DropReason.EXCLUDED),
        (replace(FINE, unit_excluded=True), DropReason.UNIT_EXCLUDED),
        (replace(FINE, destination=None), DropReason.NO_CONTACT),
    ],
)
def test_what_changed_since_it_was_queued_stops_an_alert(
    context: SendContext, reason: DropReason
) -> None:
    """Asked at the moment of sending."""
    assert drop_reason(ALERT, context) is reason


@given(st.sampled_from(Kind), st.booleans(), st.sampled_from(OfferStatus))
def test_no_message_of_any_kind_reaches_an_excluded_person(
    kind: Kind, unit: bool, status: OfferStatus
) -> None:
    """Hand-overs, «taken» and notices included."""
    context = replace(FINE, excluded=True, unit_excluded=unit, offer_status=status)
    assert drop_reason(replace(ALERT, kind=kind), context) is DropReason.EXCLUDED


@given(st.sampled_from(OfferStatus), st.integers(0, 600))
def test_no_alert_leaves_for_an_offer_that_is_over_or_late(
    status: OfferStatus, seconds: int
) -> None:
    """Whatever arrives, in whatever order."""
    context = replace(FINE, now=NOW + timedelta(seconds=seconds), offer_status=status)
    if drop_reason(ALERT, context) is None:
        assert status in OPEN
        assert context.now < ALERT.valid_until


def test_a_message_is_not_repeated_for_ever() -> None:
    """A gateway that takes and never answers must not make ten messages of one."""
    assert drop_reason(replace(ALERT, maybe_sent=REPEATS_MAX), FINE) is None
    once_more = replace(ALERT, maybe_sent=REPEATS_MAX + 1)
    assert drop_reason(once_more, FINE) is DropReason.OUTCOME_UNKNOWN


@given(st.integers(1, 10_000), st.integers(0, 10), st.sampled_from(Failure))
def test_every_attempt_ends_in_a_record_and_never_beyond_the_deadline(
    attempts: int, maybe_sent: int, failure: Failure
) -> None:
    """Refused is final; the rest is tried again, later each time, and given up in time."""
    message = replace(ALERT, attempts=attempts, maybe_sent=maybe_sent)
    verdict = after_failure(message, failure, "why", NOW)
    assert verdict.reason == "why"
    assert (verdict.status is Status.REFUSED) == (failure is Failure.REFUSED)
    assert verdict.next_attempt_at <= message.valid_until
    assert verdict.maybe_sent == maybe_sent + (failure is Failure.UNKNOWN)


def test_an_unknown_outcome_is_marked_and_a_sure_failure_is_not() -> None:
    """Only what may have arrived says that it may have come before."""
    unknown = after_failure(ALERT, Failure.UNKNOWN, "no answer", NOW)
    assert replace(ALERT, maybe_sent=unknown.maybe_sent).template_to_send == "alert-repeat"
    sure = after_failure(ALERT, Failure.UNAVAILABLE, "not bound", NOW)
    assert replace(ALERT, maybe_sent=sure.maybe_sent).template_to_send == "alert-high"


def test_emergencies_have_a_lane_of_their_own_and_courtesies_never_stand_in_it() -> None:
    """Only alerts and notices in immediate danger use the urgent bind."""
    urgent = replace(ALERT, urgency=Urgency.IMMEDIATE)
    assert urgent.lane is Lane.URGENT
    assert ALERT.lane is Lane.SMS
    assert replace(urgent, channel="email").lane is Lane.EMAIL
    assert replace(urgent, kind=Kind.CLOSING).lane is Lane.SMS
    assert replace(urgent, kind=Kind.CLOSING).priority > ALERT.priority > urgent.priority


@given(st.sampled_from(OfferStatus), st.sampled_from(OfferStatus))
def test_only_an_alert_that_was_open_is_ended_and_an_expiry_is_not_told(
    before: OfferStatus, after: OfferStatus
) -> None:
    """A late yes may still stand, so silence after the deadline is not «no longer needed»."""
    template = ending(before, after)
    if template is not None:
        assert before in OPEN | {OfferStatus.EXPIRED}
        assert after in {
            OfferStatus.ACCEPTED,
            OfferStatus.CANCELLED,
            OfferStatus.REJECTED,
            OfferStatus.ENTERED_IN_ERROR,
        }
        assert template in TEMPLATES


@given(st.sampled_from(Answer), st.sampled_from(Judgement), st.sampled_from(OfferStatus))
def test_every_judgement_can_be_told(
    answer: Answer, judgement: Judgement, status: OfferStatus
) -> None:
    """There is a text for each, and none says «taken» of what nobody took."""
    template = news_of(answer, judgement, replace(OFFER, status=status), "st-a")
    assert template in TEMPLATES
    assert status is not OfferStatus.REJECTED or template != "answer-taken"


@pytest.mark.parametrize("answer", [Answer.RECEIVED, Answer.ACCEPT])
def test_seen_after_ones_own_yes_is_not_told_to_decide(answer: Answer) -> None:
    """There is nothing to decide, and its time is past; nor once it is done, or was silent."""
    held = replace(OFFER, status=OfferStatus.ACCEPTED, holder="st-a")
    assert news_of(answer, Judgement.ALREADY, held, "st-a") == "answer-accepted"
    for status in set(OfferStatus) - OPEN:
        over = replace(OFFER, status=status, holder="st-a")
        assert news_of(Answer.RECEIVED, Judgement.ALREADY, over, "st-a") != "answer-received"


@given(st.sampled_from(Answer), st.sampled_from(OfferStatus), st.booleans())
def test_nobody_hears_that_others_were_first_when_it_was_themselves(
    answer: Answer, status: OfferStatus, other: bool
) -> None:
    """By this offer, or by another one of the same request."""
    offer = replace(OFFER, status=status, holder=None if other else "st-a")
    assert news_of(answer, Judgement.TAKEN, offer, "st-a", own=other) != "answer-taken"


@pytest.mark.parametrize(
    ("status", "holder", "template"),
    [
        (OfferStatus.REQUESTED, None, "answer-which-word"),
        (OfferStatus.EXPIRED, None, "answer-which-word"),
        (OfferStatus.ACCEPTED, "st-a", "answer-which-act"),
        (OfferStatus.ACCEPTED, "st-b", "taken"),
        (OfferStatus.CANCELLED, None, "offer-cancelled"),
    ],
)
def test_a_right_code_is_asked_what_it_can_still_say(
    status: OfferStatus, holder: str | None, template: str
) -> None:
    """Yes or no while it is asked for, the case holder's words once it is theirs, else the end."""
    assert question(replace(OFFER, status=status, holder=holder), "st-a") == template


def test_a_word_of_a_holder_before_any_yes_is_asked_for_the_yes() -> None:
    """Nobody takes a case by being on the way."""
    assert news_of(Answer.ON_THE_WAY, Judgement.NOT_HELD, OFFER, "st-a") == "answer-which-word"


@given(st.sampled_from(Outcome), st.dictionaries(st.sampled_from(Outcome), st.integers(0, 400)))
def test_what_said_nothing_is_answered_once_and_written_down_so_often(
    outcome: Outcome, vain: dict[Outcome, int]
) -> None:
    """However much is forged, the history of a number stays short; a right code is always kept."""
    past = History(False, dict.fromkeys(VAIN, 0) | {each: vain.get(each, 0) for each in VAIN}, 0)
    assert past.keeps(outcome) or past.vain[outcome] >= VAIN_MAX
    assert past.keeps(Outcome.ANSWER)
    assert past.may_answer(Outcome.NO_WORD)
    if outcome in VAIN:
        assert past.may_answer(outcome) == (past.vain[outcome] == 0)
    assert past.alarming == (past.vain[Outcome.WRONG_CODE] == VAIN_MAX - 1)


def test_who_said_yes_and_then_no_hears_that_the_yes_stands() -> None:
    """Not that somebody else was first."""
    held = replace(OFFER, status=OfferStatus.ACCEPTED, holder="st-a")
    assert news_of(Answer.REJECT, Judgement.TAKEN, held, "st-a") == "answer-accepted"
    assert news_of(Answer.ACCEPT, Judgement.TAKEN, held, "st-b") == "answer-taken"


def test_no_longer_needed_is_not_said_of_an_offer_that_is_open_again() -> None:
    """A yes was taken back while the news of it waited for the gateway."""
    news = replace(ALERT, kind=Kind.CLOSING, template="offer-cancelled", alert_id=None)
    assert drop_reason(news, FINE) is DropReason.OPEN_AGAIN
    assert drop_reason(news, replace(FINE, offer_status=OfferStatus.CANCELLED)) is None


def test_why_an_alert_failed_is_told_by_why_its_messages_did() -> None:
    """One excluded colleague among others is a failure to tell, not an exclusion."""
    assert failure_of(frozenset({"unit-excluded", "deadline"})) is UnreachableReason.UNIT_EXCLUDED
    assert failure_of(frozenset({"excluded"})) is UnreachableReason.EXCLUDED
    assert failure_of(frozenset({"excluded", "deadline"})) is UnreachableReason.FAILED
    assert failure_of(frozenset()) is UnreachableReason.FAILED


def test_notices_wait_for_others_of_their_kind_and_alerts_for_nothing() -> None:
    """Unless they would be too late by then; what gathers is one kind to one person.

    What is about an offer goes alone, whatever it is: its text has a code to answer with.
    """
    about_an_offer = replace(ALERT, kind=Kind.NOTICE, template="contact-due")
    assert (about_an_offer.first_attempt(NOW), about_an_offer.gathers_by) == (NOW, None)
    notice = replace(about_an_offer, template="notice-exhausted", offer_id=None)
    assert notice.first_attempt(NOW) == NOW + GATHERED
    assert replace(notice, valid_until=NOW + GATHERED).first_attempt(NOW) == NOW
    assert notice.gathers_by == ("st-a", "notice-exhausted")
    for kind in set(Kind) - {Kind.NOTICE}:
        other = replace(notice, kind=kind)
        assert (other.first_attempt(NOW), other.gathers_by) == (NOW, None)
