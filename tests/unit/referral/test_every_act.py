"""Every act on an offer in every state: what it does is an edge of the life, or nothing at all."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from services.referral.model import casework
from services.referral.model.answers import accept, judge, receive, reject, release
from services.referral.model.casework import ON_THE_WAY
from services.referral.model.consent import give, withdraw
from services.referral.model.decision import Context, DecisionBuilder
from services.referral.model.facts import Decision, Moved, Noticed
from services.referral.model.ladder import displace, exclude
from services.referral.model.lifecycle import EDGES, Party
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.model.timeouts import tick
from shared.errors import Refused
from shared.events.words import HELD, OPEN, Answer, CancelReason, FailReason, RejectReason
from shared.events.words import OfferStatus as S
from shared.events.words import ServiceRequestStatus as Status
from tests.support.referral import MINUTE, Scene, said

Act = Callable[[ServiceRequest, Offer, Context, Scene], Decision | None]
HOLDER = "st-one"


def _course(change: Callable[[DecisionBuilder, Offer], None]) -> Act:
    def act(request: ServiceRequest, offer: Offer, context: Context, _scene: Scene) -> Decision:
        builder = DecisionBuilder(request, context)
        change(builder, offer)
        return builder.decision()

    return act


def _late(request: ServiceRequest, offer: Offer, context: Context, scene: Scene) -> Decision | None:
    scene.later(MINUTE * 6000)
    return tick(request, scene.context)


def _word(
    request: ServiceRequest, offer: Offer, context: Context, scene: Scene, answer: Answer
) -> Decision | None:
    return judge(request, offer, answer, said(scene, HOLDER), context).decision


ACTS: dict[str, tuple[Party, Act]] = {
    "accept": (Party.PROVIDER, lambda r, o, w, s: accept(r, o, said(s, HOLDER), w).decision),
    "reject": (
        Party.PROVIDER,
        lambda r, o, w, s: reject(r, o, said(s, HOLDER), w, RejectReason.UNSAFE).decision,
    ),
    "received": (Party.PROVIDER, lambda r, o, w, s: receive(r, o, said(s, HOLDER), w).decision),
    "release": (Party.PROVIDER, lambda r, o, w, s: release(r, o, said(s, HOLDER), w)),
    "on the way": (Party.PROVIDER, lambda r, o, w, _: casework.on_the_way(r, o, w)),
    "start": (Party.PROVIDER, lambda r, o, w, _: casework.start(r, o, w)),
    "there, by SMS": (Party.PROVIDER, lambda r, o, w, s: _word(r, o, w, s, Answer.ARRIVED)),
    "cannot, by SMS": (Party.PROVIDER, lambda r, o, w, s: _word(r, o, w, s, Answer.UNABLE)),
    "hold": (
        Party.PROVIDER,
        lambda r, o, w, _: casework.hold(r, o, w, reason="ill", review_at=w.now + 60 * MINUTE),
    ),
    "resume": (Party.PROVIDER, lambda r, o, w, _: casework.resume(r, o, w)),
    "complete": (Party.PROVIDER, lambda r, o, w, _: casework.complete(r, o, w, outcome="helped")),
    "fail": (
        Party.PROVIDER,
        lambda r, o, w, _: casework.fail(r, o, w, by=Party.PROVIDER, reason=FailReason.OTHER),
    ),
    "fail by a coordinator": (
        Party.COORDINATOR,
        lambda r, o, w, _: casework.fail(r, o, w, by=Party.COORDINATOR, reason=FailReason.OTHER),
    ),
    "cancel": (
        Party.COORDINATOR,
        lambda r, o, w, _: casework.cancel(r, o, w, reason=CancelReason.COORDINATOR),
    ),
    "void": (Party.COORDINATOR, lambda r, o, w, _: casework.void_offer(r, o, w, reason="mistake")),
    "time passes": (Party.CLOCK, _late),
    "consent given": (Party.SYSTEM, lambda r, _, w, __: give(r, r.permissions, w)),
    "consent withdrawn": (Party.SYSTEM, lambda r, _, w, __: withdraw(r, (), w)),
    "displaced": (Party.SYSTEM, _course(displace)),
    "excluded": (
        Party.SYSTEM,
        _course(lambda builder, offer: exclude(builder, offer.organisation)),
    ),
}
PLACED = {S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD, S.COMPLETED, S.FAILED}


def standing(scene: Scene, status: S, before_hold: S | None = None) -> ServiceRequest:
    """A request with one offer in a state, as it would stand there."""
    request = scene.opened().request
    offer = replace(
        request.offers[0],
        status=status,
        told=True,
        next_tier_at=None,
        deadline=scene.now + 10 * MINUTE if status in OPEN | {S.ACCEPTED, S.ON_HOLD} else None,
        person=HOLDER if status in PLACED else None,
        accepted_at=scene.now if status in PLACED else None,
        before_hold=before_hold,
        overdue=status is S.ON_HOLD,
        reason=CancelReason.SUPERSEDED if status is S.CANCELLED else None,
    )
    done = Status.COMPLETED if status is S.COMPLETED else Status.ACTIVE
    return replace(request, status=done, offers=(offer,))


def edge(name: str, status: S, before_hold: S | None = None) -> tuple[S, S] | None:
    """The edge an act takes from a state; none where it is refused or changes nothing."""
    scene = Scene("a", "b")
    request = standing(scene, status, before_hold)
    offer = request.offers[0]
    try:
        decision = ACTS[name][1](request, offer, scene.context, scene)
    except Refused:
        return None
    after = decision.request.offer(offer.id) if decision else offer
    assert after is not None
    if decision is not None:
        moves = [each for each in decision.facts if isinstance(each, Moved)]
        told = [each for each in moves if each.offer.id == offer.id and each.reason != ON_THE_WAY]
        assert len(told) == (after.status is not status), "an edge is said once, and only if taken"
    return (status, after.status) if after.status is not status else None


@pytest.mark.parametrize(("name", "status"), list(product(ACTS, S)))
def test_an_act_takes_an_edge_of_the_life_or_none(name: str, status: S) -> None:
    """Twenty acts, twelve states: whatever moves, may be moved by that party."""
    if name == "displaced" and status is not S.REQUESTED:
        return  # only a place that was merely asked for is taken
    taken = edge(name, status)
    if taken is not None:
        assert ACTS[name][0] in EDGES[taken]


def test_every_edge_of_the_life_is_taken_by_some_act() -> None:
    """None stands in the table for show.

    A draft is sent in the transaction that made it, so that no act ever meets one; a superseded
    offer is asked again by an undo (`test_ladder`).
    """
    states: list[tuple[S, S | None]] = [(status, None) for status in S if status is not S.DRAFT]
    states += [(S.ON_HOLD, S.ACCEPTED), (S.ON_HOLD, S.IN_PROGRESS)]
    taken = {edge(name, *state) for name, state in product(ACTS, states)} - {None}
    met = {each for each in EDGES if each[0] is not S.DRAFT}
    assert taken == met - {(S.CANCELLED, S.REQUESTED)}


REPEATED = [
    "on the way",
    "there, by SMS",
    "cannot, by SMS",
    "start",
    "hold",
    "resume",
    "complete",
    "fail",
    "cancel",
    "void",
    "release",
]


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("status", [S.REQUESTED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD])
def test_an_act_done_twice_is_done_once(name: str, status: S) -> None:
    """A lost reply makes people press again: nothing more happens, and nothing is said twice."""
    scene = Scene("a", "b")
    before = S.IN_PROGRESS if status is S.ON_HOLD else None
    request = standing(scene, status, before)
    act = ACTS[name][1]
    try:
        decision = act(request, request.offers[0], scene.context, scene)
    except Refused:
        return
    if decision is None:
        return
    after = decision.request
    assert act(after, after.offers[0], scene.context, scene) is None


@pytest.mark.parametrize("status", [S.EXPIRED, S.REQUESTED])
@pytest.mark.parametrize(
    "ended", [Status.COMPLETED, Status.REVOKED, Status.ENTERED_IN_ERROR, Status.ON_HOLD]
)
def test_nobody_says_yes_to_what_is_over(status: S, ended: Status) -> None:
    """An expired offer may be accepted late, and never after the need itself was ended."""
    scene = Scene("a", "b")
    request = replace(standing(scene, status), status=ended)
    judged = accept(request, request.offers[0], said(scene), scene.context)
    assert judged.decision is None


def test_a_late_yes_after_somebody_has_done_it_hears_who_was_first() -> None:
    """Completed is taken too."""
    scene = Scene("a", "b")
    request = standing(scene, S.COMPLETED)
    late = replace(request.offers[0], id="late", service="b", status=S.EXPIRED, person=None)
    request = replace(request, offers=(*request.offers, late))
    judged = accept(request, late, said(scene, "st-two"), scene.context)
    assert judged.decision is None
    assert judged.first == request.offers[0]


@pytest.mark.parametrize("reason", CancelReason)
def test_who_was_taken_off_by_a_coordinator_is_not_asked_again_at_once(
    reason: CancelReason,
) -> None:
    """Whatever the reason given; in the next round those who had no turn may be."""
    scene = Scene("a", "b")
    request = standing(scene, S.REQUESTED)
    after = casework.cancel(request, request.offers[0], scene.context, reason=reason)
    assert after is not None
    assert [each.service for each in after.request.offers] == ["a", "b"]


@pytest.mark.parametrize("others", [["a", "b"], ["a"]])
def test_a_completion_that_was_a_mistake_leaves_the_need_open(others: list[str]) -> None:
    """The next one is asked, or a human hears that nobody is left."""
    scene = Scene(*others)
    request = standing(scene, S.COMPLETED)
    voided = casework.void_offer(request, request.offers[0], scene.context, reason="mistake")
    assert voided is not None
    assert voided.request.status is Status.ACTIVE
    asked = [(each.service, each.status) for each in voided.request.offers[1:]]
    told = [fact.template for fact in voided.facts if isinstance(fact, Noticed)]
    assert (asked, told) == (
        ([("b", S.REQUESTED)], []) if "b" in others else ([], ["notice-exhausted"])
    )


def test_a_completion_that_was_a_mistake_opens_nothing_that_is_not_permitted() -> None:
    """Consent was withdrawn since: what is left is as if it had been withdrawn before."""
    scene = Scene("a", "b")
    request = replace(standing(scene, S.COMPLETED), permissions=())
    voided = casework.void_offer(request, request.offers[0], scene.context, reason="mistake")
    assert voided is not None
    assert voided.request.status is Status.REVOKED
    assert len(voided.request.offers) == 1


def test_a_hold_needs_a_review_date_that_somebody_may_live_to_see() -> None:
    """Not yesterday, and not in ten years."""
    scene = Scene("a")
    request = standing(scene, S.IN_PROGRESS)
    for minutes in (0, -1, 60 * 24 * 3650):
        review_at = scene.now + minutes * MINUTE
        with pytest.raises(Refused):
            casework.hold(
                request, request.offers[0], scene.context, reason="x", review_at=review_at
            )


def test_one_overdue_review_is_told_and_the_next_one_fails_it() -> None:
    """First a human hears of it; then, without an act, it has failed and the ladder goes on."""
    scene = Scene("a", "b")
    request = standing(scene, S.IN_PROGRESS)
    review_at = scene.now + 60 * MINUTE
    held = casework.hold(request, request.offers[0], scene.context, reason="x", review_at=review_at)
    assert held is not None
    scene.later(60 * MINUTE)
    first = tick(held.request, scene.context)
    assert first is not None
    assert first.request.offers[0].status is S.ON_HOLD
    scene.later(request.policy.contact)
    second = tick(first.request, scene.context)
    assert second is not None
    assert [each.status for each in second.request.offers] == [S.FAILED, S.REQUESTED]


def test_whoever_was_cut_short_may_be_asked_again() -> None:
    """Superseded by a yes that came to nothing: their turn is still to come."""
    scene = Scene("a", "b")
    request = standing(scene, S.REQUESTED)
    scene.later(11 * MINUTE)
    ticked = tick(request, scene.context)
    assert ticked is not None
    won = accept(ticked.request, ticked.request.offers[0], said(scene), scene.context).decision
    assert won is not None
    assert [each.status for each in won.request.offers] == [S.ACCEPTED, S.CANCELLED]
    scene.later(request.policy.contact)
    after = tick(won.request, scene.context)
    assert after is not None
    assert [(each.service, each.status) for each in after.request.offers] == [
        ("a", S.FAILED),
        ("b", S.CANCELLED),
        ("b", S.REQUESTED),
    ]
    assert not [each for each in after.request.offers if each.status in HELD]
