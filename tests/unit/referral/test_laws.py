"""Laws that hold whatever providers do: answer, decline, fall silent, answer late, give back."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from services.referral.model import casework, closing
from services.referral.model.answers import accept, receive, reject, release
from services.referral.model.consent import withdraw
from services.referral.model.decision import DecisionBuilder
from services.referral.model.facts import Decision, Noticed, Progressed
from services.referral.model.ladder import could_not_tell, exclude, reopen
from services.referral.model.lifecycle import Party
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.model.timeouts import tick
from shared.errors import Refused
from shared.events.words import (
    HELD,
    OPEN,
    CloseReason,
    FailReason,
    Fulfilment,
    OfferStatus,
    RejectReason,
)
from shared.events.words import ServiceRequestStatus as Status
from tests.support.referral import MINUTE, Scene, said

Act = Callable[[ServiceRequest, Offer], ServiceRequest | None]


class Life:
    """One service request lived through at random, with the laws looked at after each step."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.scene = Scene(*"abcde"[: self.dice.randint(0, 5)])
        self.excluded = tuple(f"org-{each}" for each in "abcde" if self.dice.random() < 0.2)
        decision = self.scene.opened(excluded_organisations=self.excluded)
        self.request = decision.request
        self.noticed = sum(isinstance(fact, Noticed) for fact in decision.facts)
        self.check()

    def step(self) -> None:
        """Time passes, or somebody does something, and every law is looked at."""
        if self.dice.random() < 0.3:
            self.scene.later(MINUTE * self.dice.choice([1, 5, 11, 25, 130]))
        self.after(tick(self.request, self.scene.context))
        due = self.request.next_due
        assert due is None or due > self.scene.now, "the clock would run in place"
        if not self.request.offers:
            return
        offer = self.dice.choice(self.request.offers)
        try:
            self.act(offer)
        except Refused:
            pass
        self.check()

    def act(self, offer: Offer) -> None:  # noqa: C901, PLR0912 - a die with fifteen sides
        """One random act on an offer; what the rules refuse changes nothing."""
        context, by, request = (
            self.scene.context,
            said(self.scene, f"st-{offer.service}"),
            self.request,
        )
        match self.dice.randrange(15):
            case 0 | 1:
                self.after(accept(request, offer, by, context).decision)
            case 2:
                self.after(reject(request, offer, by, context, RejectReason.AT_CAPACITY).decision)
            case 3:
                self.after(receive(request, offer, by, context).decision)
            case 4:
                self.after(release(request, offer, by, context))
            case 5:
                self.after(casework.start(request, offer, context))
            case 6:
                review = context.now + MINUTE * 60
                self.after(
                    casework.hold(request, offer, context, reason="waiting", review_at=review)
                )
            case 7:
                self.after(casework.resume(request, offer, context))
            case 8:
                fault = FailReason.OTHER
                self.after(casework.fail(request, offer, context, by=Party.PROVIDER, reason=fault))
            case 9 if offer.status in OPEN:
                builder = DecisionBuilder(request, context)
                could_not_tell(builder, offer)
                self.after(builder.decision())
            case 12:
                builder = DecisionBuilder(request, context)
                exclude(builder, offer.organisation)
                self.after(builder.decision())
            case 10 if request.fulfilment is Fulfilment.EXHAUSTED:
                builder = DecisionBuilder(request, context)
                reopen(builder)
                self.after(builder.decision())
            case 13 if self.dice.random() < 0.1:
                self.after(closing.close(request, context, reason=CloseReason.OTHER))
            case 14:
                self.after(closing.open_again(request, context))
            case 11 if self.dice.random() < 0.05:
                self.after(withdraw(request, (), context))
            case _:
                told = tuple(replace(each, told=True) for each in request.offers)
                self.request = replace(request, offers=told)

    def after(self, decision: Decision | None) -> None:
        """Takes a decision over."""
        if decision is None:
            return
        before, now = self.request, decision.request
        self.noticed += sum(isinstance(fact, Noticed) for fact in decision.facts)
        assert now.version == before.version + 1, "each change is one version"
        came_further = (before.status, before.fulfilment) != (now.status, now.fulfilment)
        said = [fact for fact in decision.facts if isinstance(fact, Progressed)]
        assert len(said) == came_further, "progress is said once, and only if there is some"
        known = [offer.id for offer in now.offers[: len(before.offers)]]
        assert known == [offer.id for offer in before.offers], "no offer is forgotten"
        self.request = now

    def check(self) -> None:
        """The laws."""
        request = self.request
        for offer in request.offers:
            assert offer.organisation not in self.excluded, "somebody excluded was asked"
            unseen = offer.organisation not in request.excluded_organisations
            assert unseen or offer.status not in OPEN | HELD, "somebody excluded has it"
        held = [offer for offer in request.offers if offer.status in HELD]
        assert len(held) <= 1, "two have it"
        if held:
            assert not request.open_offers, "somebody is asked though somebody has it"
        if request.status is Status.ACTIVE and request.fulfilment is not Fulfilment.EXHAUSTED:
            in_hand = any(offer.status is OfferStatus.IN_PROGRESS for offer in held)
            assert request.next_due is not None or in_hand, "nobody will look at it again"
        if request.fulfilment is Fulfilment.EXHAUSTED:
            assert self.noticed, "exhausted, and no human knows"
        if request.status is Status.REVOKED:
            assert not held
            assert not request.open_offers
            assert request.next_due is None


@pytest.mark.parametrize("first_seed", range(0, 500, 50))
def test_the_laws_hold_whatever_happens(first_seed: int) -> None:
    """500 lives of 60 steps each."""
    for seed in range(first_seed, first_seed + 50):
        life = Life(seed)
        for _ in range(60):
            life.step()


@pytest.mark.parametrize("seed", range(50))
def test_silence_always_ends_in_a_human(seed: int) -> None:
    """However many candidates: told and silent, one after another, until a coordinator knows."""
    life = Life(seed)
    for _ in range(40):
        told = tuple(replace(each, told=True) for each in life.request.offers)
        life.request = replace(life.request, offers=told)
        life.scene.later(6 * MINUTE)
        life.after(tick(life.request, life.scene.context))
        life.check()
    assert life.request.fulfilment is Fulfilment.EXHAUSTED
    assert life.noticed
