"""Matching: which services may be asked for a need, in which order, and why the others may not.

Nobody excluded is ever a candidate: exclusion is judged before anything is ranked. Nothing here
reads a clock, a database or a dictionary in an order of its own: the same input, the same list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.referral.directory.model import Directory, Organisation, Service
from services.referral.model.eligibility import ineligible
from services.referral.model.service_request import ServiceRequest

RULES_VERSION = "2026-11.3"
"""Named in every decision record; raised with any change of what is below."""
MOST_CANDIDATES = 200


class Why(StrEnum):
    """Why a service is a candidate."""

    IN_AREA = "in-area"
    STANDS_IN = "stands-in"
    """The next higher unit, or the oversight contact, of one that is excluded."""
    TAKES_HOLD = "takes-hold"
    """Full, but a less urgent request holds a place there that nobody has answered for yet."""
    BY_HAND = "by-hand"
    """Left out by the rules; a coordinator may judge otherwise."""


class WhyNot(StrEnum):
    """Why a service of the right type may not be asked; ineligibility adds its own reason."""

    OUTSIDE_AREA = "outside-area"
    EXCLUDED_ORGANISATION = "excluded-organisation"
    EXCLUDED_PLACE = "excluded-place"
    NO_CONSENT = "no-consent"
    NOT_VERIFIED = "not-verified"
    FULL = "full"
    NOT_ELIGIBLE = "not-eligible"
    CLOSED_NOW = "closed-now"


@dataclass(frozen=True, slots=True)
class Vacancies:
    """``free``: places left of services that count them. ``takeable``: full ones where a less
    urgent request holds a place that nobody has answered for.
    """

    free: Mapping[str, int]
    takeable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that may be asked. ``area`` is the level of the area that it serves round the place
    of the case: 0 is the village itself, the last the whole country; who serves a raion is asked
    before who serves all. ``distance`` of its own place: 0 is the same, more is further away.

    ``free`` is how many places are left, none where they are not counted. ``precedence`` 0 and 1
    are the parent and the oversight contact of an excluded unit, 2 is everybody else.
    """

    service: str
    organisation: str
    organisation_kind: str
    distance: int
    free: int | None
    precedence: int = 2
    why: Why = Why.IN_AREA
    area: int = 0

    @property
    def order(self) -> tuple[bool, int, int, int, int, str]:
        """Stand-ins, then the nearest area, then the nearest place, then most room, then by id so
        that the order is total.

        A place that another request holds comes last: nobody is displaced without need.
        """
        takes = self.why is Why.TAKES_HOLD
        return (takes, self.precedence, self.area, self.distance, -(self.free or 0), self.service)


@dataclass(frozen=True, slots=True)
class Excluded:
    """A service of the right type that may not be asked, and the coded reason."""

    service: str
    organisation: str
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """The answer of one look at the directory. Every service of the type is in the first two."""

    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    by_hand_only: tuple[Candidate, ...] = ()
    """Left out for area, hours or eligibility alone: a coordinator may judge otherwise."""

    def by_hand(self, service: str) -> Candidate | None:
        """The candidate a coordinator names, if consent, conflict and capacity let it be asked."""
        named = (*self.candidates, *self.by_hand_only)
        return next((each for each in named if each.service == service), None)


def match(
    request: ServiceRequest,
    directory: Directory,
    vacancies: Vacancies,
    now: datetime,
    is_open: Callable[[Service, datetime], bool],
) -> Match:
    """Every service of the needed type, as a candidate or with the reason why not."""
    candidates: list[Candidate] = []
    by_hand: list[Candidate] = []
    excluded: list[Excluded] = []
    standing_in = stand_ins(request, directory)
    for service in directory.of_type(request.service_type):
        organisation = directory.organisations[service.organisation]
        full = vacancies.free.get(service.id, 1) <= 0
        hard = _hard(request, organisation, now)
        if hard is None and full and service.id not in vacancies.takeable:
            hard = WhyNot.FULL
        reason = _outside(request, service) or hard or _soft(request, service, now, is_open)
        candidate = Candidate(
            service=service.id,
            organisation=organisation.id,
            organisation_kind=organisation.kind,
            distance=distance(request.territory, organisation.territory, directory.levels),
            free=vacancies.free.get(service.id),
            precedence=standing_in.get(organisation.id, 2),
            why=_why(full=full, stands_in=organisation.id in standing_in, reason=reason),
            area=area_level(request.territory, service.service_areas, directory.levels),
        )
        if reason is None:
            candidates.append(candidate)
            continue
        excluded.append(Excluded(service.id, organisation.id, reason))
        if hard is None:
            by_hand.append(candidate)
    candidates.sort(key=lambda each: each.order)
    return Match(tuple(candidates[:MOST_CANDIDATES]), tuple(excluded), tuple(by_hand))


def stand_ins(request: ServiceRequest, directory: Directory) -> dict[str, int]:
    """Who comes first because a unit is excluded that would have been asked.

    An accused who serves in a police unit excludes it: the next higher unit that is not excluded
    is asked (0), and the oversight contact (1), where consent permits it.
    """
    found: dict[str, int] = {}
    hidden = set(request.excluded_organisations)
    for service in directory.of_type(request.service_type):
        unit = directory.organisations[service.organisation]
        if unit.id not in hidden or _outside(request, service):
            continue
        if unit.oversight is not None and unit.oversight not in hidden:
            found.setdefault(unit.oversight, 1)
        parent = unit.parent
        while parent is not None and parent in hidden:
            parent = directory.organisations[parent].parent
        if parent is not None:
            found[parent] = 0
    return found


def in_places(organisation: Organisation, places: tuple[str, ...]) -> bool:
    """Whether an organisation is in one of these places (prefixes of codes)."""
    return bool(organisation.territory) and _inside(str(organisation.territory), places)


def _hard(request: ServiceRequest, organisation: Organisation, now: datetime) -> str | None:
    """Reasons that bind everyone, coordinators too."""
    if organisation.id in request.excluded_organisations:
        return WhyNot.EXCLUDED_ORGANISATION
    if in_places(organisation, request.excluded_places):
        return WhyNot.EXCLUDED_PLACE
    if not request.permits(organisation.id, organisation.kind, now):
        return WhyNot.NO_CONSENT
    if organisation.verified_until is not None and organisation.verified_until <= now:
        return WhyNot.NOT_VERIFIED
    return None


def _outside(request: ServiceRequest, service: Service) -> str | None:
    return None if _inside(request.territory, service.service_areas) else WhyNot.OUTSIDE_AREA


def _soft(
    request: ServiceRequest,
    service: Service,
    now: datetime,
    is_open: Callable[[Service, datetime], bool],
) -> str | None:
    """Reasons that a coordinator may weigh otherwise."""
    why_not = ineligible(request, service.eligibility)
    if why_not is not None:
        return f"{WhyNot.NOT_ELIGIBLE}:{why_not}"
    return None if is_open(service, now) else WhyNot.CLOSED_NOW


def _why(*, full: bool, stands_in: bool, reason: str | None) -> Why:
    if full:
        return Why.TAKES_HOLD
    if reason is not None:
        return Why.BY_HAND
    return Why.STANDS_IN if stands_in else Why.IN_AREA


def distance(territory: str, other: str | None, levels: tuple[int, ...]) -> int:
    """The nearest level that two codes share, as its position; beyond the last: the country alone.

    In Kyrgyzstan: 0 village, 1 aimak, 2 raion, 3 oblast, 4 elsewhere.
    """
    if other is None:
        return len(levels)
    shared = (at for at, digits in enumerate(levels) if territory[:digits] == other[:digits])
    return next(shared, len(levels))


def area_level(territory: str, areas: tuple[str, ...], levels: tuple[int, ...]) -> int:
    """The level of the smallest of these areas that holds the territory, counted as in `distance`.

    In Kyrgyzstan: 0 village, 1 aimak, 2 raion, 3 oblast, 4 the country, or an area elsewhere.
    """
    deepest = max((len(each) for each in areas if territory.startswith(each)), default=0)
    return next((at for at, digits in enumerate(levels) if digits <= deepest), len(levels))


def _inside(territory: str, prefixes: tuple[str, ...]) -> bool:
    return any(territory.startswith(prefix) for prefix in prefixes)
