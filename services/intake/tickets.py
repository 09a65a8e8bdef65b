"""Disclosure tickets as referral signs them, call proofs as notify does: proven here with their
public keys, nobody is asked."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from services.intake.model.disclosures import Claim
from shared.errors import Forbidden, Unauthenticated
from shared.key_files import unb64
from shared.security.tokens import CallProof, Verifier


@dataclass(frozen=True, slots=True)
class Proven:
    """A ticket whose signature and time are good. ``reader``: the operator who may read out with
    it, and nobody may read."""

    incident_id: str
    claim: Claim
    reader: str | None = None


def read_ticket(tickets: Verifier, text: str, now: datetime) -> Proven:
    """What a ticket says; ``now`` is the database's. Raises `Forbidden` for none of referral's.

    Not `Unauthenticated`: who calls is known, and a new access token would not help them.
    """
    try:
        ticket = tickets.ticket(text, now)
    except Unauthenticated:
        raise Forbidden("the ticket is not one of referral's, or has expired") from None
    claim = Claim(
        need_id=ticket.need_id,
        offer_id=ticket.offer_id,
        organisation=ticket.organisation,
        organisation_kind=ticket.organisation_kind,
        staff_id=ticket.staff_id,
        issued_at=_issued_at(text),
    )
    return Proven(ticket.incident_id, claim, ticket.reader)


def read_proof(calls: Verifier, text: str, now: datetime) -> CallProof:
    """Who has whom on the telephone. Raises `Forbidden` as `read_ticket` does."""
    try:
        return calls.call(text, now)
    except Unauthenticated:
        raise Forbidden("the proof is not one of notify's, or has expired") from None


def _issued_at(text: str) -> datetime:
    """When a ticket that was verified already was signed, cut to seconds."""
    claims = json.loads(unb64(text.split(".")[1]))
    return datetime.fromtimestamp(int(claims["iat"]), UTC)
