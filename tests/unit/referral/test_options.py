"""What a coordinator is told that they may do is what the model does not refuse."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from services.referral.model import casework, closing
from services.referral.model.decision import Context
from services.referral.model.facts import Decision
from services.referral.model.lifecycle import Party
from services.referral.model.matching import Candidate
from services.referral.model.options import Option, options
from services.referral.model.service_request import Offer, ServiceRequest
from shared.errors import Conflict
from shared.events.words import (
    CancelReason,
    CloseReason,
    FailReason,
    OfferStatus,
    ServiceRequestStatus,
)
from tests.support.referral import BLANK, Scene

Act = Callable[[ServiceRequest, Context], Decision | None]
OTHER = Candidate("z", "org-z", "crisis-centre", 0, None)


def first(request: ServiceRequest) -> Offer:
    """Its one offer; a `Conflict` where there is none to act on."""
    if not request.offers:
        raise Conflict("no offer")
    return request.offers[0]


ACTS: dict[Option, Act] = {
    Option.ASK_SERVICE: lambda request, context: casework.add_candidate(request, OTHER, context),
    Option.CANCEL_OFFER: lambda request, context: casework.cancel(
        request, first(request), context, reason=CancelReason.COORDINATOR
    ),
    Option.HAND_OVER: lambda request, context: casework.hand_over(
        request, first(request), context, to="st-other", reason="end-of-shift"
    ),
    Option.FAIL_OFFER: lambda request, context: casework.fail(
        request, first(request), context, by=Party.COORDINATOR, reason=FailReason.OTHER
    ),
    Option.CLOSE: lambda request, context: closing.close(
        request, context, reason=CloseReason.NOBODY_CAN_HELP
    ),
    Option.OPEN_AGAIN: closing.open_again,
    Option.VOID: lambda request, context: casework.void_request(
        request, context, reason="entered-twice"
    ),
}
STATES = [None, *(each for each in OfferStatus if each is not OfferStatus.DRAFT)]


def case(scene: Scene, status: ServiceRequestStatus, offer: OfferStatus | None) -> ServiceRequest:
    """A service request with one offer that has come so far, or none."""
    asked = scene.opened().request
    if offer is None:
        return replace(asked, status=status, offers=())
    moved = replace(asked.offers[0], status=offer, person="st-one", deadline=scene.now)
    return replace(asked, status=status, offers=(moved,))


@pytest.mark.parametrize("offer", STATES)
@pytest.mark.parametrize("status", [ServiceRequestStatus.ACTIVE, ServiceRequestStatus.DRAFT])
def test_what_is_offered_can_be_done_and_nothing_else(
    status: ServiceRequestStatus, offer: OfferStatus | None
) -> None:
    """In every state that an offer may be in; a draft was never offered to anybody."""
    scene = Scene("a", "b")
    scene.later(timedelta(minutes=1))
    request = case(scene, status, None if status is ServiceRequestStatus.DRAFT else offer)
    possible = set()
    for option, act in ACTS.items():
        with suppress(Conflict):
            if act(request, scene.context) is not None:
                possible.add(option)
    assert possible == set(options(request)) & set(ACTS)


def test_a_draft_says_how_it_comes_to_life() -> None:
    """Nothing permits it, so nobody can be asked: only a consent helps."""
    draft = replace(BLANK, status=ServiceRequestStatus.DRAFT)
    assert options(draft)[0] is Option.GIVE_CONSENT
    assert options(replace(BLANK, status=ServiceRequestStatus.ENTERED_IN_ERROR)) == ()
