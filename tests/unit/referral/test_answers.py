"""The first yes stands; whoever comes second, or late, hears what became of theirs."""

import pytest

from services.referral.model.answers import accept, receive, reject, release
from shared.errors import Conflict
from shared.events.words import Fulfilment, Judgement, OfferStatus, RejectReason
from tests.support.referral import MINUTE, Scene, last, said, ticked, told


def test_a_yes_settles_it_and_frees_the_others() -> None:
    """First acceptance wins; open siblings are cancelled and told."""
    scene = Scene("a", "b")
    request = told(scene.opened().request)
    scene.later(5 * MINUTE)
    request = ticked(scene, request).request
    scene.later(5 * MINUTE)
    request = ticked(scene, request).request
    scene.later(MINUTE)
    late = accept(request, request.offers[0], said(scene, "st-late"), scene.context)
    assert late.judgement is Judgement.STOOD
    assert late.decision is not None
    won, sibling = late.decision.request.offers
    assert (won.status, won.late, won.person) == (OfferStatus.ACCEPTED, True, "st-late")
    assert (sibling.status, sibling.superseded_by) == (OfferStatus.CANCELLED, won.id)
    assert late.decision.request.fulfilment is Fulfilment.PLACED


def test_the_second_yes_hears_who_was_first() -> None:
    """And repeating one's own is harmless."""
    scene = Scene("a", "b")
    request = scene.opened().request
    first = accept(request, last(request), said(scene, "st-one"), scene.context).decision
    assert first is not None
    again = accept(first.request, last(first.request), said(scene, "st-one"), scene.context)
    second = accept(first.request, last(first.request), said(scene, "st-two"), scene.context)
    assert again.judgement is Judgement.ALREADY
    assert second.judgement is Judgement.TAKEN
    assert second.first is not None
    assert second.first.person == "st-one"


def test_a_yes_received_in_time_is_not_late_though_the_clock_was_faster() -> None:
    """Limits are judged on when it was received, never on when it is handled."""
    scene = Scene("a", "b")
    request = told(scene.opened().request)
    in_time = said(scene)
    scene.later(10 * MINUTE)
    request = ticked(scene, request).request
    judged = accept(request, request.offers[0], in_time, scene.context)
    assert judged.decision is not None
    assert not judged.decision.request.offers[0].late


@pytest.mark.parametrize("wait", [0, 1])
def test_only_who_was_late_hears_of_being_late(wait: int) -> None:
    """A no, or a "seen", given in time and handled after the clock: its offer is closed."""
    scene = Scene("a", "b")
    request = told(scene.opened().request)
    scene.later(10 * MINUTE + wait * MINUTE)
    answer = said(scene)
    request = ticked(scene, request).request
    expected = Judgement.TOO_LATE if wait else Judgement.CLOSED
    no = reject(request, request.offers[0], answer, scene.context, RejectReason.OTHER)
    assert no.judgement is expected
    assert receive(request, request.offers[0], answer, scene.context).judgement is expected


def test_a_late_yes_needs_a_place_that_is_still_free() -> None:
    """The hold lapsed with the offer."""
    scene = Scene("a", "b")
    request = told(scene.opened().request)
    scene.later(10 * MINUTE)
    request = ticked(scene, request).request
    scene.full = {"a"}
    judged = accept(request, request.offers[0], said(scene), scene.context)
    assert judged.judgement is Judgement.NOT_ALLOWED


def test_a_no_asks_the_next_at_once() -> None:
    """With its coded reason kept."""
    scene = Scene("a", "b")
    request = scene.opened().request
    judged = reject(request, last(request), said(scene), scene.context, RejectReason.AT_CAPACITY)
    assert judged.decision is not None
    assert judged.decision.request.offers[0].reason == "at-capacity"
    assert last(judged.decision.request).service == "b"


def test_a_yes_may_be_taken_back_within_two_minutes_and_the_sibling_is_asked_again() -> None:
    """Undo, for its giver alone."""
    scene = Scene("a", "b")
    request = told(scene.opened().request)
    scene.later(10 * MINUTE)
    request = ticked(scene, request).request
    stood = accept(request, request.offers[0], said(scene), scene.context).decision
    assert stood is not None
    scene.later(MINUTE)
    won = stood.request.offers[0]
    with pytest.raises(Conflict):
        release(stood.request, won, said(scene, "st-two"), scene.context)
    undone = release(stood.request, won, said(scene), scene.context)
    assert undone is not None
    assert [offer.status for offer in undone.request.offers] == [
        OfferStatus.FAILED,
        OfferStatus.REQUESTED,
    ]
    again = release(undone.request, undone.request.offers[0], said(scene), scene.context)
    assert again is None, "taking it back twice says nothing twice"
    scene.later(MINUTE)
    assert release(stood.request, won, said(scene), scene.context) is not None
    scene.later(MINUTE / 60)
    with pytest.raises(Conflict):
        release(stood.request, won, said(scene), scene.context)
