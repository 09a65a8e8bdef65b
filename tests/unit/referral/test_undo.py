"""Who was superseded by a yes that is taken back is asked again as if it had never been."""

from services.referral.model.answers import accept, release
from services.referral.model.casework import add_candidate, void_offer
from services.referral.model.facts import Alerted, Decision
from shared.events.words import OfferStatus
from tests.support.referral import MINUTE, Scene, said


def superseding(scene: Scene) -> Decision:
    """Two are asked; the first says yes, which supersedes the second."""
    request = scene.opened().request
    candidate = scene.context.match(request).by_hand("b")
    assert candidate is not None
    request = add_candidate(request, candidate, scene.context).request
    stood = accept(request, request.offers[0], said(scene), scene.context).decision
    assert stood is not None
    return stood


def test_the_next_tier_is_told_too_after_an_undo() -> None:
    """Asked again at a tier where nobody may look: half way on, the next tier hears of it."""
    scene = Scene("a", "b")
    stood = superseding(scene)
    scene.later(2 * MINUTE)
    undone = release(stood.request, stood.request.offers[0], said(scene), scene.context)
    assert undone is not None
    again = undone.request.offers[1]
    assert [fact.offer for fact in undone.facts if isinstance(fact, Alerted)] == [again]
    assert (again.status, again.deadline) == (OfferStatus.REQUESTED, again.answer_by)
    assert again.next_tier_at == scene.now + (again.answer_by - scene.now) / 2


def test_a_yes_is_taken_back_though_a_superseded_offer_was_entered_in_error_since() -> None:
    """What was a mistake stays one, and refuses nobody their undo."""
    scene = Scene("a", "b")
    stood = superseding(scene)
    second = stood.request.offers[1]
    voided = void_offer(stood.request, second, scene.context, reason="mistake")
    assert voided is not None
    undone = release(voided.request, voided.request.offers[0], said(scene), scene.context)
    assert undone is not None
    first, second, *_ = undone.request.offers
    assert (first.status, second.status) == (OfferStatus.FAILED, OfferStatus.ENTERED_IN_ERROR)
