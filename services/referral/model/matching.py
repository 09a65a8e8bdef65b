"""Matching: which services may be asked for a need, in which order, and why the others may not.

Nobody excluded is ever a candidate: exclusion is judged before anything is ranked. Nothing here
reads a clock, a database or a dictionary in an order of its own: the same input, the same list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.referral.model.directory import Directory, Organisation, Service
from services.referral.model.eligibility import ineligible
from services.referral.model.values import ServiceRequest

RULES_VERSION = "2026-11"
"""Named in every decision record; raised with any change of what is below."""
MOST_CANDIDATES = 200
LEVELS = (11, 8, 5)
"""Digits of a SOATE code that aimak, raion and oblast take, nearest first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that may be asked. ``distance`` 0 is the same aimak, 3 is elsewhere in the country.

    ``free`` is how many places are left, none where they are not counted.
    """

    service: str
    organisation: str
    organisation_kind: str
    distance: int
    free: int | None

    @property
    def order(self) -> tuple[int, int, str]:
        """Nearest first, then most room, then by id so that the order is total."""
        return (self.distance, -(self.free if self.free is not None else 0), self.service)


@dataclass(frozen=True, slots=True)
class Excluded:
    """A service of the right type that may not be asked, and the coded reason."""

    service: str
    organisation: str
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """The answer of one look at the directory."""

    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    by_hand_only: tuple[Candidate, ...] = ()
    """Left out for area, hours or eligibility alone: a coordinator may judge otherwise."""

    def by_hand(self, service: str) -> Candidate | None:
        """The candidate a coordinator names, if consent, conflict and capacity let it be asked."""
        named = (*self.candidates, *self.by_hand_only)
        return next((each for each in named if each.service == service), None)


SOFT = ("outside-area", "closed-now", "not-eligible")


def match(
    request: ServiceRequest,
    directory: Directory,
    free: Mapping[str, int],
    now: datetime,
    is_open: Callable[[Service, datetime], bool],
) -> Match:
    """Every service of the needed type, as a candidate or with the reason why not.

    ``free`` maps services that count places to how many are left.
    """
    candidates: list[Candidate] = []
    by_hand: list[Candidate] = []
    excluded: list[Excluded] = []
    for service in sorted(directory.services.values(), key=lambda each: each.id):
        if service.service_type != request.service_type:
            continue
        organisation = directory.organisations[service.organisation]
        candidate = _candidate(request, organisation, service, free)
        reason = _hard(request, organisation, service, free, now) or _soft(
            request, service, now, is_open
        )
        if reason is None:
            candidates.append(candidate)
            continue
        excluded.append(Excluded(service.id, organisation.id, reason))
        if reason.startswith(SOFT):
            by_hand.append(candidate)
    candidates.sort(key=lambda each: each.order)
    return Match(
        tuple(candidates[:MOST_CANDIDATES]), tuple(excluded[:MOST_CANDIDATES]), tuple(by_hand)
    )


def _hard(
    request: ServiceRequest,
    organisation: Organisation,
    service: Service,
    free: Mapping[str, int],
    now: datetime,
) -> str | None:
    """Reasons that bind everyone, coordinators too."""
    if organisation.id in request.excluded_organisations:
        return "excluded-organisation"
    if organisation.territory and _inside(organisation.territory, request.excluded_places):
        return "excluded-place"
    if not any(
        each.covers(organisation.id, organisation.kind, now) for each in request.permissions
    ):
        return "no-consent"
    if organisation.verified_until is not None and organisation.verified_until <= now:
        return "not-verified"
    if free.get(service.id, 1) <= 0:
        return "full"
    return None


def _soft(
    request: ServiceRequest,
    service: Service,
    now: datetime,
    is_open: Callable[[Service, datetime], bool],
) -> str | None:
    """Reasons that a coordinator may weigh otherwise."""
    if not _inside(request.territory, service.service_areas):
        return "outside-area"
    why_not = ineligible(request, service.eligibility)
    if why_not is not None:
        return f"not-eligible:{why_not}"
    return None if is_open(service, now) else "closed-now"


def _candidate(
    request: ServiceRequest,
    organisation: Organisation,
    service: Service,
    free: Mapping[str, int],
) -> Candidate:
    return Candidate(
        service=service.id,
        organisation=organisation.id,
        organisation_kind=organisation.kind,
        distance=distance(request.territory, organisation.territory),
        free=free.get(service.id),
    )


def distance(territory: str, other: str | None) -> int:
    """Which level two SOATE codes share: 0 aimak, 1 raion, 2 oblast, 3 the country alone."""
    if other is None:
        return len(LEVELS)
    for level, digits in enumerate(LEVELS):
        if territory[:digits] == other[:digits]:
            return level
    return len(LEVELS)


def _inside(territory: str, prefixes: tuple[str, ...]) -> bool:
    return any(territory.startswith(prefix) for prefix in prefixes)
