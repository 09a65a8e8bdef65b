"""A case that is given to somebody: they are waited for, and humans hear of it until they act."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.referral.model import casework
from services.referral.model.answers import Judged, Said, judge
from services.referral.model.casework import NO_TAKER, TAKEN_OVER
from services.referral.model.decision import Context
from services.referral.model.facts import Decision, Moved
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.model.timeouts import REVIEW_DUE, TAKEOVER_LATE
from shared.errors import Invalid
from shared.events.words import Answer, FailReason, Judgement, OfferStatus
from tests.support.referral import MINUTE, POLICY, Scene, notices, taken, ticked

ACK, CONTACT, REVIEW = POLICY.ack, POLICY.contact, POLICY.review


def said_to(
    request: ServiceRequest, answer: Answer, person: str, scene: Scene, *, by_desk: bool = False
) -> Judged:
    """An answer to the first offer, now."""
    said = Said(person, scene.now, by_desk=by_desk)
    return judge(request, request.offers[0], answer, said, scene.context)


def given(scene: Scene) -> ServiceRequest:
    """A case that its first holder has handed over to another."""
    request = taken(said_to(scene.opened().request, Answer.ACCEPT, "st-one", scene))
    return _handed(request, scene).request


def _handed(request: ServiceRequest, scene: Scene, to: str = "st-two") -> Decision:
    decision = casework.hand_over(
        request, request.offers[0], scene.context, to=to, reason="end-of-shift"
    )
    assert decision is not None
    return decision


def test_whoever_gets_a_case_has_t_ack_to_take_it_over() -> None:
    """From the moment it was given; T_contact runs on as it did."""
    scene = Scene("a")
    first = taken(said_to(scene.opened().request, Answer.ACCEPT, "st-one", scene))
    scene.later(5 * MINUTE)
    offer = _handed(first, scene).request.offers[0]
    assert (offer.person, offer.take_over_by) == ("st-two", scene.now + ACK)
    assert offer.deadline == first.offers[0].deadline


def test_a_yes_that_a_desk_entered_is_to_be_taken_over_and_ones_own_is_not() -> None:
    """The person named may never have been asked."""
    for by_desk in (True, False):
        scene = Scene("a")
        request = scene.opened().request
        judged = said_to(request, Answer.ACCEPT, "st-one", scene, by_desk=by_desk)
        offer = taken(judged).offers[0]
        assert (offer.take_over_by is not None) == by_desk


def test_nobody_who_may_not_have_a_case_is_given_it() -> None:
    """The field is named, and not the reason."""
    scene = Scene("a")
    request = taken(said_to(scene.opened().request, Answer.ACCEPT, "st-one", scene))
    scene.strangers.add("st-nobody")
    with pytest.raises(Invalid, match=f"^to: {NO_TAKER}$"):
        casework.hand_over(request, request.offers[0], scene.context, to="st-nobody", reason="x")


Act = Callable[[ServiceRequest, Offer, Context], Decision | None]
ACTS: dict[str, Act] = {
    "start": casework.start,
    "hold": lambda request, offer, context: casework.hold(
        request, offer, context, reason="ill", review_at=context.now + 60 * MINUTE
    ),
    "fail": lambda request, offer, context: casework.fail(
        request, offer, context, by=Party.PROVIDER, reason=FailReason.OTHER
    ),
    "any other": casework.take_over,
}


@pytest.mark.parametrize("act", ACTS)
def test_any_act_of_the_new_holder_takes_it_over(act: str) -> None:
    """Nobody is called then."""
    scene = Scene("a")
    request = given(scene)
    decision = ACTS[act](request, request.offers[0], scene.context)
    assert decision is not None
    offer = decision.request.offers[0]
    assert (offer.handed_at, offer.take_over_by) == (None, None)


@pytest.mark.parametrize("answer", [Answer.RECEIVED, Answer.ACCEPT])
def test_a_word_of_the_new_holder_takes_it_over_and_is_said_once(answer: Answer) -> None:
    """It stood already, and others hear that the case was taken over."""
    scene = Scene("a")
    judged = said_to(given(scene), answer, "st-two", scene)
    assert judged.judgement is Judgement.ALREADY
    request = taken(judged)
    assert judged.decision is not None
    assert [fact.reason for fact in judged.decision.facts if isinstance(fact, Moved)] == [
        TAKEN_OVER
    ]
    assert request.offers[0].take_over_by is None
    assert said_to(request, answer, "st-two", scene).decision is None


@pytest.mark.parametrize(("person", "by_desk"), [("st-one", False), ("st-two", True)])
def test_nobody_elses_word_takes_it_over(person: str, by_desk: bool) -> None:
    """Neither the holder before, nor a coordinator who enters it once more."""
    scene = Scene("a")
    assert said_to(given(scene), Answer.RECEIVED, person, scene, by_desk=by_desk).decision is None


def test_until_somebody_acts_humans_hear_of_it_ever_less_often() -> None:
    """After T_ack, and then each time as long again as it has been."""
    scene = Scene("a")
    request = given(scene)
    started = casework.start(request, request.offers[0], scene.context)
    assert started is not None
    held = _handed(started.request, scene, to="st-three").request
    began, heard = scene.now, []
    while scene.now - began < ACK * 20:
        due = held.next_due
        assert due is not None
        scene.now = due
        decision = ticked(scene, held)
        assert notices(decision) == [TAKEOVER_LATE]
        heard.append((due - began) / ACK)
        held = decision.request
        assert held.offers[0].person == "st-three"
    assert heard == [1, 2, 4, 8, 16, 32][: len(heard)]


def test_a_contact_that_is_due_first_fails_it_all_the_same() -> None:
    """The new holder has no longer than the old one had."""
    scene = Scene("a", "b")
    request = given(scene)
    scene.later(CONTACT)
    decision = ticked(scene, request)
    assert [each.status for each in decision.request.offers] == [
        OfferStatus.FAILED,
        OfferStatus.REQUESTED,
    ]
    assert decision.request.offers[0].take_over_by is None


def test_a_case_in_progress_is_put_before_a_human_again_and_again() -> None:
    """It stays with its holder; the next review is set."""
    scene = Scene("a")
    request = taken(said_to(scene.opened().request, Answer.ACCEPT, "st-one", scene))
    started = casework.start(request, request.offers[0], scene.context)
    assert started is not None
    request = started.request
    for _ in range(3):
        assert request.next_due == scene.now + REVIEW
        scene.later(REVIEW)
        decision = ticked(scene, request)
        assert notices(decision) == [REVIEW_DUE]
        request = decision.request
        assert request.offers[0].status is OfferStatus.IN_PROGRESS


@pytest.mark.parametrize(
    ("status", "before", "due"),
    [
        (OfferStatus.REQUESTED, None, ACK),
        (OfferStatus.ACCEPTED, None, CONTACT),
        (OfferStatus.IN_PROGRESS, None, REVIEW),
        (OfferStatus.ON_HOLD, OfferStatus.ACCEPTED, 60 * MINUTE),
        (OfferStatus.ON_HOLD, OfferStatus.IN_PROGRESS, 60 * MINUTE),
    ],
)
def test_every_state_of_an_active_request_has_a_next_deadline(
    status: OfferStatus, before: OfferStatus | None, due: timedelta
) -> None:
    """Also what was resumed: nothing is left to itself."""
    scene = Scene("a")
    request = scene.opened().request
    if status is not OfferStatus.REQUESTED:
        request = taken(said_to(request, Answer.ACCEPT, "st-one", scene))
    if OfferStatus.IN_PROGRESS in (status, before):
        started = casework.start(request, request.offers[0], scene.context)
        assert started is not None
        request = started.request
    if status is OfferStatus.ON_HOLD:
        review_at = scene.now + 60 * MINUTE
        held = casework.hold(
            request, request.offers[0], scene.context, reason="ill", review_at=review_at
        )
        assert held is not None
        request = held.request
        resumed = casework.resume(request, request.offers[0], scene.context)
        assert resumed is not None
        assert resumed.request.next_due is not None
    assert request.offers[0].deadline == scene.now + due
