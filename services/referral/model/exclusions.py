"""Exclusions that come late: whoever must not know of a case any more loses what they have of it.

A police unit in which an excluded person serves is excluded as a whole: colleagues would tell.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from services.referral.model.decision import Context, DecisionBuilder
from services.referral.model.facts import Decision
from services.referral.model.ladder import exclude
from services.referral.model.service_request import Offer, ServiceRequest
from shared.events.words import HELD, OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """All that excludes somebody from an incident, as intake says it."""

    organisations: tuple[str, ...]
    places: tuple[str, ...]
    people: str | None
    digests: tuple[str, ...]


def living(request: ServiceRequest) -> tuple[Offer, ...]:
    """Offers that are asked, or that somebody has."""
    return tuple(offer for offer in request.offers if offer.status in OPEN | HELD)


def hidden(request: ServiceRequest, added: Exclusions) -> ServiceRequest:
    """The request hidden from more; nobody who was excluded is let in again."""
    return replace(
        request,
        excluded_organisations=_both(request.excluded_organisations, added.organisations),
        excluded_places=_both(request.excluded_places, added.places),
        excluded_people=added.people or request.excluded_people,
        excluded_digests=_both(request.excluded_digests, added.digests),
    )


def hide(request: ServiceRequest, context: Context, is_hidden: Callable[[Offer], bool]) -> Decision:
    """What becomes of a request whose exclusions are others now: each living offer to whom it is
    hidden from ends, and the ladder goes on."""
    builder = DecisionBuilder(request, context)
    for organisation in _each(offer.organisation for offer in living(request) if is_hidden(offer)):
        exclude(builder, organisation)
    return builder.decision()


def _both(one: tuple[str, ...], other: Iterable[str]) -> tuple[str, ...]:
    return _each((*one, *other))


def _each(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
