"""Columns: what a report by one clock reads of a fact. The rest is neither fetched nor decoded,
which takes most of the time of a report of a year."""

from services.audit.figures.clocks import Clock
from services.audit.figures.facts import OfferFact, RequestFact

REQUIRED = frozenset({*RequestFact._fields, *OfferFact._fields}) - {
    *RequestFact._field_defaults,
    *OfferFact._field_defaults,
}
_ALWAYS = {
    *("urgency", "territory", "on_hold_at", "ended_at", "voided_at"),
    *("channel", "tier", "escalated_at", "asked"),
}
_THEIRS = {"told_at", "seen_at", "decided_at"}
_READ = {
    Clock.HER_ACCEPTANCE: {"permitted_at", "accept_by", "accepted_at"},
    Clock.HER_CONTACT: {"permitted_at", "contact_by", "contact_at"},
    Clock.ACKNOWLEDGEMENT: _THEIRS,
    Clock.DECISION: _THEIRS,
    Clock.CONTACT: {"accepted_at", "contact_by", "contact_at"},
}
_NOW = {"accepted_at", "contact_at", "seen_at", "decided_at"}


def read_by(clock: Clock, *, now: bool = False) -> frozenset[str]:
    """The fields that a report by a clock reads; ``now``: also those that stand."""
    read = _READ[clock]
    stand = {f"{each.removesuffix('_at')}_now" for each in read & _NOW} if now else set()
    return frozenset(REQUIRED | _ALWAYS | read | stand)
