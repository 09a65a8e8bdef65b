"""Eligibility, judged in years: referral knows no ages but bands, from the least to the most years.

Where a limit lies inside a band nobody knows on which side of it somebody is, and they are taken to
be beyond it: who was promised a place and is sent away at the door has lost the night. The reason
says that it is a doubt, and a coordinator, who can ask, may have the service asked by hand. Of whom
no age is known at all nothing is assumed.
"""

import re

from services.referral.directory.model import Eligibility
from services.referral.model.service_request import ServiceRequest

OLDEST = 150
_BAND = re.compile(r"(\d{1,3})(?:\+|-(\d{1,3}))", re.ASCII)


def years(band: str) -> tuple[int, int] | None:
    """``30-44`` → (30, 44), ``60+`` → (60, 150); none for anything else: no age is known."""
    ends = _BAND.fullmatch(band)
    return None if ends is None else (int(ends[1]), int(ends[2] or OLDEST))


def ineligible(request: ServiceRequest, rule: Eligibility) -> str | None:
    """The coded reason why a service is not for this person, or none."""
    children = sum(count for _, count in request.children)
    if rule.maximum_children is not None and children > rule.maximum_children:
        return "too-many-children"
    if rule.access is not None and not rule.access.issuperset(request.access_needs):
        return "access"
    return _too_young(request, rule) or _too_old(request, rule) or _child_too_old(request, rule)


def _too_young(request: ServiceRequest, rule: Eligibility) -> str | None:
    known = years(request.age_band)
    if known is None or rule.minimum_age is None or known[0] >= rule.minimum_age:
        return None
    return "too-young" if known[1] < rule.minimum_age else "may-be-too-young"


def _too_old(request: ServiceRequest, rule: Eligibility) -> str | None:
    known = years(request.age_band)
    if known is None or rule.maximum_age is None:
        return None
    return _beyond(known, rule.maximum_age, "too-old")


def _child_too_old(request: ServiceRequest, rule: Eligibility) -> str | None:
    known = [each for each in (years(band) for band, _ in request.children) if each is not None]
    if not known or rule.maximum_child_age is None:
        return None
    eldest = max(first for first, _ in known), max(last for _, last in known)
    return _beyond(eldest, rule.maximum_child_age, "child-too-old")


def _beyond(known: tuple[int, int], limit: int, reason: str) -> str | None:
    if known[1] <= limit:
        return None
    return reason if known[0] > limit else f"may-be-{reason}"
