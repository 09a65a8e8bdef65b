"""What a case holder says after the yes, by SMS or over HTTP, and when they are reminded."""

from dataclasses import replace

import pytest

from services.referral.model import casework
from services.referral.model.answers import Judged, Said, judge
from services.referral.model.facts import Decision, Moved
from services.referral.model.service_request import ServiceRequest
from services.referral.model.timeouts import CONTACT_OVERDUE, REVIEW_OVERDUE
from services.referral.store import rows
from shared.errors import Conflict
from shared.events.words import CONTACT_DUE, Answer, FailReason, Judgement, OfferStatus
from tests.support.referral import MINUTE, POLICY, Scene, last, notices, taken, ticked

WORDS = (Answer.ON_THE_WAY, Answer.ARRIVED, Answer.UNABLE)
REMINDED = POLICY.contact * 2 / 3


def held(scene: Scene) -> ServiceRequest:
    """A case that ``st-one`` has accepted."""
    return taken(word(scene, scene.opened().request, Answer.ACCEPT))


def word(
    scene: Scene, request: ServiceRequest, answer: Answer, person: str = "st-one", at: int = 0
) -> Judged:
    """Something said of the first offer, or of another one, now."""
    return judge(request, request.offers[at], answer, Said(person, scene.now), scene.context)


def reminders(decision: Decision) -> list[str]:
    """Which offers' holders a decision reminds."""
    moves = [fact for fact in decision.facts if isinstance(fact, Moved)]
    return [each.offer.id for each in moves if each.reason == CONTACT_DUE]


def test_on_the_way_is_recorded_and_stops_no_clock() -> None:
    """The offer is as it was but for this; the second time it stands already."""
    scene = Scene("a", "b")
    request = held(scene)
    scene.later(5 * MINUTE)
    judged = word(scene, request, Answer.ON_THE_WAY)
    assert judged.judgement is Judgement.STOOD
    after = taken(judged).offers[0]
    assert after == replace(request.offers[0], on_the_way_at=scene.now)
    assert taken(judged).next_due == request.next_due
    again = word(scene, taken(judged), Answer.ON_THE_WAY)
    assert (again.judgement, again.decision) == (Judgement.ALREADY, None)


def test_there_is_first_contact_as_its_giver_claims_it() -> None:
    """In progress from when it was said; nobody asks on."""
    scene = Scene("a", "b")
    request = held(scene)
    said = Said("st-one", scene.now + 5 * MINUTE)
    scene.later(7 * MINUTE)
    judged = judge(request, request.offers[0], Answer.ARRIVED, said, scene.context)
    after = taken(judged).offers[0]
    assert (judged.judgement, after.status) == (Judgement.STOOD, OfferStatus.IN_PROGRESS)
    assert after.contact_claimed_at == said.received_at
    assert after.deadline == scene.now + POLICY.review
    assert word(scene, taken(judged), Answer.ARRIVED).judgement is Judgement.ALREADY
    assert word(scene, taken(judged), Answer.ON_THE_WAY).judgement is Judgement.ALREADY


def test_cannot_fails_the_offer_and_the_next_is_asked_at_once() -> None:
    """With its own reason; said again it changes nothing."""
    scene = Scene("a", "b")
    judged = word(scene, held(scene), Answer.UNABLE)
    after = taken(judged)
    assert judged.judgement is Judgement.STOOD
    assert (after.offers[0].status, after.offers[0].reason) == (
        OfferStatus.FAILED,
        FailReason.UNABLE,
    )
    assert (last(after).service, last(after).status) == ("b", OfferStatus.REQUESTED)
    again = word(scene, after, Answer.UNABLE)
    assert (again.judgement, again.decision) == (Judgement.ALREADY, None)


def test_cannot_before_any_yes_is_a_no() -> None:
    """Nobody has to know which of the two words it is."""
    scene = Scene("a", "b")
    after = taken(word(scene, scene.opened().request, Answer.UNABLE))
    assert [each.status for each in after.offers] == [OfferStatus.REJECTED, OfferStatus.REQUESTED]


@pytest.mark.parametrize("answer", [Answer.ON_THE_WAY, Answer.ARRIVED])
def test_nobody_takes_a_case_by_being_on_the_way(answer: Answer) -> None:
    """Who was asked, and whose time has run out, is asked for the yes."""
    scene = Scene("a", "b")
    request = scene.opened().request
    assert word(scene, request, answer).judgement is Judgement.NOT_HELD
    scene.later(POLICY.ack)
    silent = ticked(scene, request).request
    assert word(scene, silent, answer).judgement is Judgement.NOT_HELD


@pytest.mark.parametrize("answer", WORDS)
def test_a_colleagues_word_does_not_count_for_the_holder(answer: Answer) -> None:
    """Somebody else was first, and it is not said to be themselves."""
    scene = Scene("a", "b")
    judged = word(scene, held(scene), answer, person="st-two")
    assert (judged.judgement, judged.decision) == (Judgement.TAKEN, None)
    assert not judged.own("st-two")


def test_who_rejects_what_they_hold_themselves_is_not_told_of_others() -> None:
    """Neither by this offer, nor by another one to the same people."""
    scene = Scene("a", "b")
    request = held(scene)
    for offer in (request.offers[0], replace(request.offers[0], id="other", person=None)):
        said = Said("st-one", scene.now)
        judged = judge(request, offer, Answer.REJECT, said, scene.context)
        assert (judged.judgement, judged.own("st-one")) == (Judgement.TAKEN, True)
        assert not judged.own("st-two")


def test_there_too_late_hears_that_it_was_late() -> None:
    """Its case went on, and others may have it by then; who coordinates it sees the claim."""
    scene = Scene("a", "b")
    request = held(scene)
    scene.later(POLICY.contact)
    gone = ticked(scene, request).request
    late = word(scene, gone, Answer.ARRIVED)
    assert late.judgement is Judgement.TOO_LATE
    assert taken(late).offers[0] == replace(gone.offers[0], contact_claimed_at=scene.now)
    assert word(scene, taken(late), Answer.ARRIVED).decision is None
    theirs = taken(word(scene, gone, Answer.ACCEPT, person="st-two", at=1))
    assert word(scene, theirs, Answer.ARRIVED).judgement is Judgement.TOO_LATE


def test_the_holder_is_reminded_once_before_the_deadline() -> None:
    """A third of T_contact is left; then it passes all the same."""
    scene = Scene("a", "b")
    request = held(scene)
    assert request.next_due == scene.now + REMINDED
    scene.later(REMINDED)
    decision = ticked(scene, request)
    assert reminders(decision) == [request.offers[0].id]
    assert notices(decision) == []
    assert decision.request.next_due == request.offers[0].deadline
    scene.later(POLICY.contact - REMINDED)
    passed = ticked(scene, decision.request)
    assert (reminders(passed), notices(passed)) == ([], [CONTACT_OVERDUE])


def test_who_is_there_or_has_given_it_back_is_not_reminded() -> None:
    """Whatever else becomes of the offer: nothing is owed."""
    scene = Scene("a")
    for answer in (Answer.ARRIVED, Answer.UNABLE):
        offer = taken(word(scene, held(scene), answer)).offers[0]
        assert offer.remind_at is None


def test_after_a_pause_the_time_to_the_reminder_begins_anew() -> None:
    """As that of the contact does."""
    scene = Scene("a")
    request = held(scene)
    paused = casework.hold(
        request, request.offers[0], scene.context, reason="x", review_at=scene.now + 60 * MINUTE
    )
    assert paused is not None
    assert paused.request.offers[0].remind_at is None
    scene.later(30 * MINUTE)
    again = casework.resume(paused.request, paused.request.offers[0], scene.context)
    assert again is not None
    assert again.request.offers[0].remind_at == scene.now + REMINDED


def test_a_review_that_passed_reminds_the_holder_too() -> None:
    """They have T_contact more, and hear of it, not only the coordinator."""
    scene = Scene("a")
    request = held(scene)
    paused = casework.hold(
        request, request.offers[0], scene.context, reason="x", review_at=scene.now + 60 * MINUTE
    )
    assert paused is not None
    scene.later(60 * MINUTE)
    decision = ticked(scene, paused.request)
    assert notices(decision) == [REVIEW_OVERDUE]
    assert reminders(decision) == [request.offers[0].id]


def test_a_new_holder_is_reminded_and_has_not_said_that_they_are_coming() -> None:
    """It is their deadline now, and that was another's word."""
    scene = Scene("a")
    request = taken(word(scene, held(scene), Answer.ON_THE_WAY))
    given = casework.hand_over(
        request, request.offers[0], scene.context, to="st-two", reason="end-of-shift"
    )
    assert given is not None
    scene.later(REMINDED)
    decision = ticked(scene, given.request)
    assert decision.request.offers[0].person == "st-two"
    assert reminders(decision) == [request.offers[0].id]
    assert decision.request.offers[0].on_the_way_at is None


def test_on_the_way_takes_a_case_over() -> None:
    """Whoever was given it knows of it."""
    scene = Scene("a")
    request = held(scene)
    given = casework.hand_over(
        request, request.offers[0], scene.context, to="st-two", reason="end-of-shift"
    )
    assert given is not None
    offer = taken(word(scene, given.request, Answer.ON_THE_WAY, person="st-two")).offers[0]
    assert (offer.handed_at, offer.take_over_by) == (None, None)


def test_only_what_is_held_can_be_on_the_way() -> None:
    """Over HTTP too."""
    scene = Scene("a")
    request = scene.opened().request
    with pytest.raises(Conflict):
        casework.on_the_way(request, request.offers[0], scene.context)


def test_a_reminder_that_a_release_before_left_behind_is_none() -> None:
    """It ended the offer, and knows nothing of the column."""
    scene = Scene("a")
    request = held(scene)
    kept = rows.offer_row(request, 0, replace(request.offers[0], status=OfferStatus.FAILED))
    assert kept["remind_at"] is not None
    assert rows.offer_from(kept).remind_at is None
