"""What became of an offer when: each step against its limit, then what is awaited."""

from datetime import timedelta

from services.referral.model import casework
from services.referral.model.answers import accept, receive, reject
from services.referral.model.service_request import ServiceRequest
from services.referral.model.summary import first
from services.referral.model.timeline import Stage, Step, timeline
from services.referral.offer_views import OfferView
from shared.events.words import HELD, HoldReason, OfferStatus, Outcome, RejectReason
from tests.support.referral import MINUTE, NOON, POLICY, Scene, said, taken


def steps(scene: Scene, request: ServiceRequest) -> dict[str, Step]:
    """Those of the first offer, by their stage."""
    found = timeline(request.offers[0], NOON + POLICY.ack, scene.now)
    times = [each.at for each in found if each.at]
    assert times == sorted(times)
    return {each.stage: each for each in found}


def view(request: ServiceRequest, at: int = 0) -> OfferView:
    """As its organisation sees it."""
    return OfferView.of(request, request.offers[at], "41704245000000", mine=False, ticket=None)


def test_a_case_from_the_asking_to_its_end() -> None:
    """Seen in time, accepted, a contact that was late, a pause, and what came of it."""
    scene = Scene("a")
    request = scene.opened().request
    assert steps(scene, request)[Stage.ANSWER] == Step(Stage.ANSWER, None, NOON + POLICY.ack)
    scene.later(MINUTE)
    request = taken(receive(request, request.offers[0], said(scene), scene.context))
    scene.later(MINUTE)
    request = taken(accept(request, request.offers[0], said(scene), scene.context))
    shown = view(request)
    contact_by = NOON + 2 * MINUTE + POLICY.contact
    assert (shown.answer_by, shown.due, shown.contact_by) == (None, contact_by, contact_by)
    assert shown.undo_until == NOON + 2 * MINUTE + POLICY.undo
    scene.now = contact_by + MINUTE
    assert steps(scene, request)[Stage.CONTACT].late
    started = casework.start(request, request.offers[0], scene.context)
    assert started is not None
    review_at = scene.now + timedelta(days=1)
    held = casework.hold(
        started.request,
        started.request.offers[0],
        scene.context,
        reason=HoldReason.IN_HOSPITAL,
        review_at=review_at,
    )
    assert held is not None
    assert view(held.request).review_at == review_at
    assert steps(scene, held.request)[Stage.ON_HOLD].reason == "in-hospital"
    scene.later(MINUTE)
    done = casework.complete(
        held.request, held.request.offers[0], scene.context, outcome=Outcome.HELPED
    )
    assert done is not None
    found = steps(scene, done.request)
    assert [*found] == [
        Stage.REQUESTED,
        Stage.SEEN,
        Stage.ACCEPTED,
        Stage.CONTACT,
        Stage.ON_HOLD,
        OfferStatus.COMPLETED,
    ]
    assert [each for each in found.values() if each.late] == [found[Stage.CONTACT]]
    assert (found["completed"].at, found["completed"].reason) == (scene.now, "helped")
    assert found[Stage.ACCEPTED].person == "st-one"


def test_whoever_lost_reads_who_was_first() -> None:
    """When; and by whom where it was a colleague, at another service of the house."""
    scene = Scene("a", "b")
    request = scene.opened().request
    scene.later(POLICY.ack)
    # the second is asked by hand beside the first
    candidate = scene.context.match(request).candidates[1]
    request = casework.add_candidate(request, candidate, scene.context).request
    scene.later(MINUTE)
    request = taken(accept(request, request.offers[1], said(scene), scene.context))
    lost = request.offers[0]
    assert lost.status is OfferStatus.CANCELLED
    assert first(request, lost) == (scene.now, None)
    assert (view(request).first_at, view(request).first_by) == (scene.now, None)
    assert first(request, request.offers[1]) is None
    assert request.offers[1].status in HELD


def test_a_no_ends_it_with_its_reason() -> None:
    """The answer is the end: it is said once."""
    scene = Scene("a", "b")
    request = scene.opened().request
    scene.later(MINUTE)
    no = reject(request, request.offers[0], said(scene), scene.context, RejectReason.AT_CAPACITY)
    found = steps(scene, taken(no))
    assert [*found] == [Stage.REQUESTED, Stage.REJECTED]
    assert (found[Stage.REJECTED].reason, found[Stage.REJECTED].person) == ("at-capacity", "st-one")
