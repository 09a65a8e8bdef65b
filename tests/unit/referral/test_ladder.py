"""The ladder goes on by itself, and silence always ends in a human."""

from dataclasses import replace

from services.referral.model.answers import accept, receive
from services.referral.model.casework import complete, start
from services.referral.model.consent import withdraw
from services.referral.model.decision import DecisionBuilder
from services.referral.model.facts import Alerted
from services.referral.model.ladder import could_not_tell, exclude, reopen
from services.referral.model.timeouts import tick
from shared.events.words import Fulfilment, Judgement, OfferStatus
from shared.events.words import ServiceRequestStatus as Status
from tests.support.referral import MINUTE, Scene, last, notices, said, taken, ticked, told


def test_the_first_candidate_is_asked_and_its_time_runs() -> None:
    """One offer, requested, with a deadline and people to be told."""
    scene = Scene("a", "b")
    decision = scene.opened()
    offer = last(decision.request)
    assert (offer.service, offer.status) == ("a", OfferStatus.REQUESTED)
    assert offer.deadline == scene.now + 10 * MINUTE
    assert decision.request.fulfilment is Fulfilment.OFFERING
    assert [fact.offer.tier for fact in decision.facts if isinstance(fact, Alerted)] == [1]


def test_a_silent_candidate_expires_and_the_next_is_asked() -> None:
    """Never a second early, and at once when it is time."""
    scene = Scene("a", "b")
    request = told(scene.opened().request)
    scene.later(5 * MINUTE)
    request = ticked(scene, request).request  # the second tier is told half-way
    assert last(request).tier == 2
    scene.later(5 * MINUTE - MINUTE / 60)
    assert tick(request, scene.context) is None
    scene.later(MINUTE / 60)
    request = ticked(scene, request).request
    assert [offer.status for offer in request.offers] == [
        OfferStatus.EXPIRED,
        OfferStatus.REQUESTED,
    ]


def test_seen_makes_the_ladder_wait_for_the_decision() -> None:
    """T_decide runs from when it was seen."""
    scene = Scene("a", "b")
    request = scene.opened().request
    scene.later(9 * MINUTE)
    judged = receive(request, last(request), said(scene), scene.context)
    assert judged.decision is not None
    assert last(judged.decision.request).deadline == scene.now + 20 * MINUTE
    scene.later(19 * MINUTE)
    assert tick(judged.decision.request, scene.context) is None


def test_nobody_left_is_told_to_a_human_once() -> None:
    """Exhausted: the coordinator hears of it, and hears it once."""
    scene = Scene("a")
    request = told(scene.opened().request)
    scene.later(5 * MINUTE)
    request = ticked(scene, request).request
    scene.later(5 * MINUTE)
    decision = ticked(scene, request)
    assert decision.request.fulfilment is Fulfilment.EXHAUSTED
    assert notices(decision) == ["notice-exhausted"]
    assert tick(decision.request, scene.context) is None


def test_nobody_to_ask_at_all_is_told_to_a_human_at_once() -> None:
    """An empty directory is no silence."""
    decision = Scene().opened()
    assert decision.request.fulfilment is Fulfilment.EXHAUSTED
    assert notices(decision) == ["notice-exhausted"]


def test_unreachable_people_cost_no_time() -> None:
    """The next tier, then the next candidate, without waiting for any deadline."""
    scene = Scene("a", "b")
    builder = DecisionBuilder(scene.opened().request, scene.context)
    could_not_tell(builder, last(builder.request))
    assert (last(builder.request).service, last(builder.request).tier) == ("a", 2)
    could_not_tell(builder, last(builder.request))
    assert [offer.status for offer in builder.request.offers] == [
        OfferStatus.CANCELLED,
        OfferStatus.REQUESTED,
    ]
    assert last(builder.request).service == "b"


def test_no_tier_is_awaited_after_the_deadline() -> None:
    """Nobody could be told, and the clock is behind: what it finds is the deadline alone."""
    scene = Scene("a")
    builder = DecisionBuilder(scene.opened().request, scene.context)
    scene.later(11 * MINUTE)
    builder.context = scene.context
    builder.request = replace(builder.request, policy=replace(builder.request.policy, tiers=3))
    could_not_tell(builder, last(builder.request))
    assert (last(builder.request).tier, last(builder.request).next_tier_at) == (2, None)


def test_a_candidate_nobody_could_tell_has_its_turn_in_the_next_round() -> None:
    """Unreachable is not silent: it is asked again when the case is reopened."""
    scene = Scene("a")
    builder = DecisionBuilder(scene.opened().request, scene.context)
    for _ in range(2):
        could_not_tell(builder, last(builder.request))
    assert builder.request.fulfilment is Fulfilment.EXHAUSTED
    reopen(builder)
    assert (last(builder.request).service, last(builder.request).status) == (
        "a",
        OfferStatus.REQUESTED,
    )


def test_a_unit_where_the_accused_serves_is_never_asked_again() -> None:
    """Not in this round, and in no other."""
    scene = Scene("a", "b")
    builder = DecisionBuilder(scene.opened().request, scene.context)
    exclude(builder, last(builder.request).organisation)
    assert last(builder.request).service == "b"
    assert "org-a" in builder.request.excluded_organisations


def test_a_unit_found_excluded_after_its_yes_loses_the_case() -> None:
    """A colleague saw the offer and was faster than the word that the accused serves there."""
    scene = Scene("a", "b")
    request = scene.opened().request
    request = taken(accept(request, last(request), said(scene), scene.context))
    builder = DecisionBuilder(request, scene.context)
    exclude(builder, "org-a")
    after = builder.decision().request
    assert [(each.service, each.status) for each in after.offers] == [
        ("a", OfferStatus.CANCELLED),
        ("b", OfferStatus.REQUESTED),
    ]
    assert after.fulfilment is Fulfilment.OFFERING


def test_a_late_yes_of_a_unit_found_excluded_does_not_stand() -> None:
    """The word came when the offer was over already: it holds all the same."""
    scene = Scene("a")
    request = told(scene.opened().request)
    scene.later(11 * MINUTE)
    request = ticked(scene, request).request
    builder = DecisionBuilder(request, scene.context)
    exclude(builder, "org-a")
    request = builder.decision().request
    assert last(request).status is OfferStatus.EXPIRED
    late = accept(request, last(request), said(scene), scene.context)
    assert late.judgement is Judgement.NOT_ALLOWED


def test_what_a_unit_has_done_before_it_was_found_excluded_stays_done() -> None:
    """Nothing is taken back that is over; nobody of the unit sees it any more."""
    scene = Scene("a", "b")
    request = scene.opened().request
    request = taken(accept(request, last(request), said(scene), scene.context))
    decision = start(request, last(request), scene.context)
    assert decision is not None
    decision = complete(decision.request, last(decision.request), scene.context, outcome="helped")
    assert decision is not None
    builder = DecisionBuilder(decision.request, scene.context)
    exclude(builder, "org-a")
    assert builder.request.offers == decision.request.offers
    assert builder.request.excluded_organisations == ("org-a",)


def test_alerts_that_do_not_go_out_are_told_and_use_up_nobody() -> None:
    """An offer that expires with nobody told is not the provider's silence."""
    scene = Scene("a", "b")
    request = scene.opened().request
    scene.later(10 * MINUTE)
    decision = ticked(scene, request)
    assert "notice-alerts-not-going-out" in notices(decision)
    assert not decision.request.offers[0].used_up


def test_no_contact_in_time_fails_the_yes_and_the_ladder_goes_on() -> None:
    """The coordinator hears of it too."""
    scene = Scene("a", "b")
    request = scene.opened().request
    stood = accept(request, last(request), said(scene), scene.context).decision
    assert stood is not None
    scene.later(120 * MINUTE)
    decision = ticked(scene, stood.request)
    assert notices(decision) == ["notice-contact-overdue"]
    assert [offer.status for offer in decision.request.offers] == [
        OfferStatus.FAILED,
        OfferStatus.REQUESTED,
    ]


def test_a_withdrawn_consent_ends_whatever_it_permitted() -> None:
    """Also what was accepted; with nothing left the request is revoked."""
    scene = Scene("a", "b")
    request = scene.opened().request
    stood = accept(request, last(request), said(scene), scene.context).decision
    assert stood is not None
    decision = withdraw(stood.request, (), scene.context)
    assert last(decision.request).status is OfferStatus.CANCELLED
    assert decision.request.status is Status.REVOKED
    assert decision.request.next_due is None
