"""Who may read what: the consent in force decides, and an event can only take away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.intake.model.consents import Consent, Group, in_force
from services.intake.model.persons import ENTERED
from shared.errors import Forbidden
from shared.events.words import OfferStatus

OWN_ENTRY = timedelta(hours=24)
"""How long whoever took a report may look at what they entered."""
_NO_END = datetime.max.replace(tzinfo=UTC)
ENDED = frozenset(
    {
        OfferStatus.CANCELLED,
        OfferStatus.FAILED,
        OfferStatus.ENTERED_IN_ERROR,
    }
)
"""States that end the reading of a holder. Not ``expired``: nothing accepted expires, and a late
acceptance may come while its event does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a ticket says, once its signature is proven. ``issued_at`` is referral's clock."""

    need_id: str
    offer_id: str
    organisation: str
    organisation_kind: str
    staff_id: str
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What referral last said of an offer. ``person`` holds the case."""

    offer_id: str
    status: OfferStatus
    person: str | None
    changed_at: datetime


def check_standing(claim: Claim, offer: Offer | None) -> None:
    """Raises `Forbidden` when referral has since said that the offer, or its holder, is another.

    An event can be older than the ticket (a superseded offer that was asked again): then the
    ticket knows better. A ticket's time is cut to seconds, so in doubt the event wins and the
    reader asks for a new ticket.
    """
    if offer is None or offer.changed_at < claim.issued_at:
        return
    if offer.status in ENDED:
        raise Forbidden("the offer no longer stands")
    if offer.person is not None and offer.person != claim.staff_id:
        raise Forbidden("somebody else holds this case now")


def readable(
    consents: Iterable[Consent], claim: Claim, purpose: str, now: datetime
) -> tuple[Group, ...]:
    """The groups that may be read, in a fixed order; raises `Forbidden` when there is none."""
    consents = _permitting(consents, claim, purpose, now)
    allowed = {group for consent in consents for group in consent.terms.scope}
    if not allowed:
        raise Forbidden("no consent for this recipient and purpose is in force")
    return tuple(group for group in Group if group in allowed)


def ends(consents: Iterable[Consent], claim: Claim, purpose: str, now: datetime) -> datetime | None:
    """When the first of the groups that may be read now ends by itself; none if none of them does.

    Each is read for as long as the last consent that names it: a ground has no end.
    """
    last: dict[Group, datetime] = {}
    for consent in _permitting(consents, claim, purpose, now):
        until = consent.terms.until or _NO_END
        for group in consent.terms.scope:
            last[group] = max(until, last.get(group, until))
    first = min(last.values(), default=_NO_END)
    return None if first == _NO_END else first


def _permitting(
    consents: Iterable[Consent], claim: Claim, purpose: str, now: datetime
) -> list[Consent]:
    return [
        consent
        for consent in in_force(consents, claim.need_id, now)
        if consent.terms.covers(claim.organisation, claim.organisation_kind)
        and consent.terms.purpose == purpose
    ]


def own_entry(received_at: datetime, now: datetime) -> tuple[str, ...]:
    """The groups that whoever took the report may still read; raises `Forbidden` when too late."""
    if now > received_at + OWN_ENTRY:
        raise Forbidden("what was entered can be looked at for 24 hours")
    return ENTERED
