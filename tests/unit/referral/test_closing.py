"""A case that nobody can help is closed as that, and opened again where it was a mistake."""

import pytest

from services.referral.model.answers import accept
from services.referral.model.closing import close, open_again
from services.referral.model.consent import give
from services.referral.model.facts import Moved, Progressed
from shared.errors import Conflict
from shared.events.words import (
    CloseReason,
    Fulfilment,
    OfferStatus,
    ServiceRequestStatus,
)
from tests.support.referral import Scene, said, taken

UNMET = CloseReason.NOBODY_CAN_HELP


def test_what_nobody_could_be_found_for_is_counted_as_that() -> None:
    """It is not completed and not in error, and how far it had come stays."""
    scene = Scene()
    exhausted = scene.opened().request
    closed = close(exhausted, scene.context, reason=UNMET)
    assert closed is not None
    request = closed.request
    assert (request.status, request.fulfilment, request.closed) == (
        ServiceRequestStatus.REVOKED,
        Fulfilment.EXHAUSTED,
        UNMET,
    )
    assert closed.facts == (Progressed(UNMET),)
    assert close(request, scene.context, reason=UNMET) is None, "once is enough"
    assert UNMET.unmet
    assert not CloseReason.HELPED_OTHERWISE.unmet


def test_whoever_is_asked_hears_that_nothing_is_needed_and_whoever_has_it_goes_on() -> None:
    """Open offers are taken back; a held one is ended there first."""
    scene = Scene("a", "b")
    asked = scene.opened().request
    closed = close(asked, scene.context, reason=CloseReason.HELPED_OTHERWISE)
    assert closed is not None
    moved = [fact for fact in closed.facts if isinstance(fact, Moved)]
    assert [each.offer.status for each in moved] == [OfferStatus.CANCELLED]
    held = taken(accept(asked, asked.offers[0], said(scene), scene.context))
    with pytest.raises(Conflict):
        close(held, scene.context, reason=UNMET)


def test_it_is_opened_again_by_hand_or_by_whoever_asks_for_it_anew() -> None:
    """A new round: whoever was not asked before is."""
    scene = Scene("a", "b")
    closed = close(scene.opened().request, scene.context, reason=UNMET)
    assert closed is not None
    again = open_again(closed.request, scene.context)
    assert again is not None
    anew = give(closed.request, closed.request.permissions, scene.context)
    for request in (again.request, anew.request):
        assert request.closed is None
        assert request.status is ServiceRequestStatus.ACTIVE
        assert [each.service for each in request.open_offers] == ["b"]
    assert open_again(again.request, scene.context) is None
