"""Decision builder: the aggregate as one act changes it, and the facts on the way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.referral.model.facts import Alerted, Decision, Fact, Moved, Noticed, Progressed
from services.referral.model.lifecycle import Party, check
from services.referral.model.matching import Match
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import HELD, OPEN, Fulfilment, OfferStatus, ServiceRequestStatus


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may know besides the aggregate. All of it is given, so a decision is pure.

    ``after`` adds a span to an instant the way the service type counts time (working hours).
    ``match`` finds candidates with the places free at this moment; ``place_free`` says whether an
    offer whose hold has lapsed could still have its place; ``may_have``, whether a person serves in
    the organisation of an offer, may know of the case, and has a role in which to open it.
    """

    now: datetime
    new_id: Callable[[], str]
    after: Callable[[datetime, timedelta], datetime]
    match: Callable[[ServiceRequest], Match]
    place_free: Callable[[ServiceRequest, Offer], bool]
    may_have: Callable[[ServiceRequest, Offer, str], bool]
    directory_change: str


REMIND = 2 / 3
"""The share of T_contact after which a case holder is reminded: a third is left to act in."""
NOT_HANDED: dict[str, None] = {"handed_at": None, "take_over_by": None}
"""Of an offer whose case holder knows that they hold it."""


def to_contact(request: ServiceRequest, context: Context) -> dict[str, Any]:
    """Of an offer whose case holder is to make contact: until when, and when to remind them."""
    contact = request.policy.contact
    by = context.after(context.now, contact)
    return {
        "deadline": by,
        "contact_by": by,
        "remind_at": context.after(context.now, contact * REMIND),
    }


def handed(request: ServiceRequest, context: Context) -> dict[str, Any]:
    """Of an offer whose case holder was made so by others: until when they are to take it over."""
    by = context.after(context.now, request.policy.ack)
    return {"handed_at": context.now, "take_over_by": by}


_NOT_AWAITED: dict[str, None] = {"deadline": None, "next_tier_at": None, "remind_at": None}


class DecisionBuilder:
    """Collects the changes of one act. `decision` is the result; nothing else leaves."""

    def __init__(self, request: ServiceRequest, context: Context) -> None:
        self.request = request
        self.context = context
        self._came_from = (request.status, request.fulfilment)
        self._reason: str | None = None
        self._facts: list[Fact] = []

    def put(self, offer: Offer) -> Offer:
        """Adds an offer or replaces the one with its id."""
        kept = [each for each in self.request.offers if each.id != offer.id]
        place = next(
            (at for at, each in enumerate(self.request.offers) if each.id == offer.id), len(kept)
        )
        offers = (*kept[:place], offer, *kept[place:])
        self.request = replace(self.request, offers=offers)
        return offer

    def move(
        self,
        offer: Offer,
        after: OfferStatus,
        by: Party,
        *,
        reason: str | None = None,
        **changes: Any,
    ) -> Offer:
        """Takes an edge of the life; raises `Conflict` for one that does not exist.

        Whatever was awaited is awaited no more, unless ``changes`` sets a new deadline.
        """
        check(offer.status, after, by)
        ended = {"ended_at": None if after in OPEN | HELD else self.context.now}
        named = {**_NOT_AWAITED, **NOT_HANDED, **ended} | changes
        moved = self.put(replace(offer, status=after, reason=reason, **named))
        self._facts.append(Moved(moved, offer.status, reason))
        return moved

    def amend(self, offer: Offer, **changes: Any) -> Offer:
        """Changes an offer without moving it."""
        return self.put(replace(offer, **changes))

    def pass_over(self, service: str) -> None:
        """Leaves a service out for the rest of this round, though it had no turn."""
        passed_over = (*self.request.passed_over, service)
        self.request = replace(self.request, passed_over=passed_over)

    def add(self, fact: Fact) -> None:
        """Something else that happened."""
        self._facts.append(fact)

    def alert(self, offer: Offer) -> None:
        """Asks for the people on duty at the offer's tier to be told."""
        self.add(Alerted(offer))

    def notice(self, template: str, about: str) -> None:
        """Asks for a coordinator to be told."""
        self.add(Noticed(template, about))

    def progress(
        self,
        *,
        status: ServiceRequestStatus | None = None,
        fulfilment: Fulfilment | None = None,
        reason: str | None = None,
    ) -> None:
        """Sets how far the service request has come; the decision says so if that is news."""
        was = (self.request.status, self.request.fulfilment)
        now = (status or was[0], fulfilment or was[1])
        if now != was:
            self.request = replace(self.request, status=now[0], fulfilment=now[1])
        self._reason = reason or self._reason

    def settle(self) -> None:
        """Fulfilment as the offers have it: held, in service, asked."""
        holder = self.request.holder
        if holder is not None:
            served = holder.status is not OfferStatus.ACCEPTED and holder.before_hold in (
                None,
                OfferStatus.IN_PROGRESS,
            )
            self.progress(fulfilment=Fulfilment.IN_SERVICE if served else Fulfilment.PLACED)
        elif self.request.open_offers:
            self.progress(fulfilment=Fulfilment.OFFERING)

    def decision(self) -> Decision:
        """The aggregate, a version further, and the facts in order.

        How far the service request came is said once, last, and always of a new one.
        """
        request = replace(self.request, version=self.request.version + 1)
        held = [offer for offer in request.offers if offer.status in HELD]
        if len(held) > 1:
            raise AssertionError("two accepted offers in one service request")
        new = self.request.version == 0
        if new or (request.status, request.fulfilment) != self._came_from:
            self.add(Progressed(self._reason))
        return Decision(request, tuple(self._facts))
