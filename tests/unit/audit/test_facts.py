"""Facts follow from the set of what was said; each first stamp stays, whatever comes later."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.facts.model.fold import fold
from services.audit.facts.model.said import WHAT, Said, Shown
from shared.events.words import Answer, Fulfilment, Judgement
from shared.events.words import OfferStatus as S
from shared.events.words import ServiceRequestStatus as R
from tests.support.lives import Story, asked, at, placed


def test_from_a_report_to_the_first_contact() -> None:
    """A human's act is when it was received; an asking and a message are when they were made."""
    story = placed()
    story.move(20, S.ACCEPTED, S.IN_PROGRESS, by={"contact_by": at(37)}, received=20)
    story.need(20, fulfilment=Fulfilment.IN_SERVICE, received=20)
    request, (offer,) = story.facts
    assert (request.opened_at, request.permitted_at, request.asked) == (at(0), at(0), 1)
    assert (request.accept_by, request.contact_by) == (at(15), at(45))
    assert (request.accepted_at, request.accepted_now) == (at(6), at(6))
    assert (request.contact_at, request.contact_now, request.ended_at) == (at(20), at(20), None)
    assert (offer.requested_at, offer.told_at, offer.channel) == (at(1), at(2), "sms")
    assert (offer.answer_by, offer.decide_by) == (at(6), at(13))
    assert (offer.seen_at, offer.decided_at, offer.decision) == (at(3), at(6), Answer.ACCEPT)
    assert (offer.contact_by, offer.contact_at, offer.ended_at) == (at(37), at(20), None)
    assert (offer.urgency, offer.territory, offer.organisation) == ("immediate", "41704", "of o")


def test_a_yes_that_is_taken_back_was_one_and_stands_no_more() -> None:
    """By the first stamps they have answered; by those that stand, nobody has."""
    story = placed()
    story.move(8, S.ACCEPTED, S.FAILED, reason="released", received=8)
    request, (offer,) = story.facts
    assert (offer.accepted_at, offer.decided_at, offer.decision) == (at(6), at(6), Answer.ACCEPT)
    assert (offer.accepted_now, offer.decided_now, offer.decision_now) == (None, None, None)
    assert (offer.contact_by, offer.contact_by_now) == (at(37), None)
    assert (offer.ended_at, offer.end_reason) == (at(8), "released")
    assert (request.accepted_at, request.accepted_now) == (at(6), None)


def test_voiding_takes_no_first_stamp_away() -> None:
    """What was entered in error is seen to be, beside what it was."""
    story = placed()
    story.move(9, S.ACCEPTED, S.ENTERED_IN_ERROR, reason="mistake", received=9)
    story.need(9, R.ENTERED_IN_ERROR, received=9)
    request, (offer,) = story.facts
    assert (offer.seen_at, offer.seen_now, offer.voided_at) == (at(3), None, at(9))
    assert (offer.accepted_at, offer.accepted_now) == (at(6), None)
    assert (request.ended_at, request.voided_at, request.accepted_at) == (at(9), at(9), at(6))


def test_silence_is_no_end_and_may_still_be_broken() -> None:
    """An offer that expired is open to a late yes; then the first stamp is the late one."""
    story = asked()
    story.move(6, S.REQUESTED, S.EXPIRED)
    story.need(6, fulfilment=Fulfilment.EXHAUSTED)
    assert (story.offer.ended_at, story.offer.decided_at) == (None, None)
    assert (story.facts.request.exhausted_at, story.facts.request.exhausted_now) == (at(6), at(6))
    story.move(9, S.EXPIRED, S.ACCEPTED, by={"late": True, "deadline": at(39)}, received=9)
    story.need(9, fulfilment=Fulfilment.PLACED, received=9)
    assert (story.offer.accepted_at, story.offer.contact_by) == (at(9), at(39))
    assert (story.facts.request.exhausted_at, story.facts.request.exhausted_now) == (at(6), None)


def test_whoever_lost_had_answered_and_was_asked_no_more_from_then() -> None:
    """They said yes before they could know; asked anew, nothing has ended."""
    story = asked()
    story.ask(1, "p")
    yes = story.answer(3, Answer.ACCEPT, "p")
    lost = story.answer(3.5, Answer.ACCEPT)
    story.move(5, S.REQUESTED, S.ACCEPTED, "p", received=4.9, cause=yes.event_id)
    story.move(5, S.REQUESTED, S.CANCELLED, reason="superseded", received=4.9, cause=yes.event_id)
    story.judge(5, lost, Judgement.TAKEN)
    lost_offer, won = story.facts.offers
    assert (won.accepted_at, lost_offer.ended_at) == (at(3), at(3))
    assert (lost_offer.decided_at, lost_offer.accepted_at) == (at(3.5), None)
    assert (lost_offer.decided_now, lost_offer.end_reason) == (None, "superseded")
    story.move(6, S.CANCELLED, S.REQUESTED)
    assert story.facts.offers[0].ended_at is None


@pytest.mark.parametrize("judgement", [Judgement.NOT_ALLOWED, Judgement.NOT_HELD])
def test_the_word_of_whoever_may_not_answer_is_none(judgement: Judgement) -> None:
    """It stops nobody's clock."""
    story = asked()
    story.judge(4, story.answer(3, Answer.ACCEPT), judgement)
    assert story.offer.decided_at is None


def test_unable_is_a_no_before_a_yes_and_none_after() -> None:
    """After it, the yes stands as the decision, and the offer ends."""
    story = asked()
    no = story.answer(3, Answer.UNABLE)
    assert (story.offer.decided_at, story.offer.decision) == (None, None)
    story.move(4, S.REQUESTED, S.REJECTED, reason="other", received=3, cause=no.event_id)
    assert (story.offer.decided_at, story.offer.decision) == (at(3), Answer.REJECT)
    story = placed()
    story.move(9, S.ACCEPTED, S.FAILED, reason="unable", received=9)
    assert (story.offer.decision_now, story.offer.accepted_now) == (Answer.ACCEPT, None)


def test_a_contact_in_time_that_was_handled_late_is_one() -> None:
    """Others were asked already; the claim is kept, and by it the limit was met."""
    story = placed()
    there = story.answer(30, Answer.ARRIVED)
    story.move(37, S.ACCEPTED, S.FAILED, reason="no-contact")
    story.judge(38, there, Judgement.TOO_LATE)
    assert (story.offer.contact_at, story.offer.contact_now) == (at(30), None)


def test_paused_and_resumed() -> None:
    """The first limit stays beside the new one; it may be completed without a word between."""
    story = placed()
    story.move(10, S.ACCEPTED, S.ON_HOLD, by={"contact_by": at(37)}, received=10)
    story.move(50, S.ON_HOLD, S.ACCEPTED, by={"contact_by": at(80)}, received=50)
    assert (story.offer.contact_by, story.offer.contact_by_now) == (at(37), at(80))
    assert (story.offer.accepted_at, story.offer.on_hold_at) == (at(6), at(10))
    assert story.facts.request.on_hold_at == at(10)
    story.move(60, S.ACCEPTED, S.ON_HOLD, received=60)
    story.move(70, S.ON_HOLD, S.COMPLETED, received=70)
    assert (story.offer.contact_at, story.offer.ended_at) == (None, at(70))


def test_shown_to_their_own_people_is_told() -> None:
    """A coordinator of another organisation who looks at it has told nobody there."""
    story = Story()
    story.need(0)
    story.ask(0)
    for minute, organisation in ((1, "another"), (2, "of o")):
        story.said.append(
            Said(
                event_id=organisation,
                source="console",
                seq=minute,
                time=at(minute),
                words=Shown(organisation=organisation),
                offer_id="o",
            )
        )
    assert (story.offer.told_at, story.offer.channel) == (at(2), None)


def test_opened_closed_and_opened_again() -> None:
    """A draft waits for consent; what was ended and is open again has not ended."""
    story = Story()
    story.need(1, R.DRAFT, Fulfilment.UNMATCHED, received=0)
    assert story.facts.request.permitted_at is None
    story.need(8, received=7)
    story.need(9, R.REVOKED, received=9)
    request = story.facts.request
    assert (request.permitted_at, request.ended_at) == (at(7), at(9))
    story.need(10, received=10)
    assert story.facts.request.ended_at is None


def test_every_order_of_a_short_life_gives_the_same() -> None:
    """All of them; and what waits for the word on the need itself has no row before it."""
    story = Story()
    story.need(1, received=0)
    story.ask(1)
    yes = story.answer(3, Answer.ACCEPT)
    story.move(4, S.REQUESTED, S.ACCEPTED, received=3, cause=yes.event_id)
    story.move(8, S.ACCEPTED, S.FAILED, reason="released", received=8)
    assert {fold(order) for order in permutations(story.said)} == {story.facts}
    assert fold(story.said[1:]) is None


MINUTES = st.integers(0, 30)
OFFERS = st.sampled_from("op")


@st.composite
def lives(draw: st.DrawFn) -> list[Said]:
    """Whatever services may say, and what they may not."""
    story = Story()
    story.need(0, draw(st.sampled_from(R)))
    for _ in range(draw(st.integers(0, 12))):
        minute, offer = draw(MINUTES), draw(OFFERS)
        kind = draw(st.integers(0, 5))
        if kind == 0:
            story.ask(minute, offer, draw(st.integers(1, 3)))
        elif kind == 1:
            story.told(minute, offer)
        elif kind == 2:
            answer = story.answer(minute, draw(st.sampled_from(Answer)), offer)
            story.judge(minute, answer, draw(st.sampled_from(Judgement)))
        elif kind == 3:
            story.need(minute, draw(st.sampled_from(R)), draw(st.sampled_from(Fulfilment)))
        else:
            cause = draw(st.sampled_from([None, *(each.event_id for each in story.said)]))
            before, after = draw(st.sampled_from(S)), draw(st.sampled_from(S))
            story.move(minute, before, after, offer, received=draw(MINUTES), cause=cause)
    return story.said


@given(st.data(), lives())
def test_order_and_repetition_change_nothing(data: st.DataObject, said: list[Said]) -> None:
    """And what is kept of an event is read again as it was."""
    again = data.draw(st.permutations(said + data.draw(st.lists(st.sampled_from(said)))))
    assert fold(again) == fold(said)
    assert all(WHAT.validate_json(WHAT.dump_json(each.words)) == each.words for each in said)


def test_a_further_tier_is_an_escalation_from_when_it_was_asked() -> None:
    """The offer, and its limit, are as they were."""
    story = asked()
    assert (story.offer.tier, story.offer.escalated_at) == (1, None)
    story.ask(3.5, tier=2)
    assert (story.offer.tier, story.offer.escalated_at) == (2, at(3.5))
    assert (story.offer.requested_at, story.offer.answer_by) == (at(1), at(6))
