"""Whom the laws would let be asked: judged by case and directory, apart from the model."""

from datetime import datetime, timedelta

from services.referral.directory.model import Eligibility, Organisation, Service
from services.referral.model.service_request import ServiceRequest
from tests.simulation.book import Book
from tests.simulation.cases import Case
from tests.simulation.country import DAYTIME, NIGHT, jurisdiction


def why_not(book: Book, case: Case, service: Service, now: datetime) -> str | None:
    """Why a service may not be asked by the ladder; places are left out of it."""
    unit = book.country.directory.organisations[service.organisation]
    return binding(case, unit, now) or unsuitable(case, service, now)


def binding(case: Case, unit: Organisation, now: datetime) -> str | None:
    """Reasons that bind coordinators too."""
    if case.excludes(unit):
        return "is excluded"
    if not case.permits(unit.id, unit.kind, now):
        return "has no consent"
    if unit.verified_until is not None and now >= unit.verified_until:
        return "is not verified any more"
    return None


def unsuitable(case: Case, service: Service, now: datetime) -> str | None:
    """Reasons that a coordinator may weigh otherwise."""
    if not serves(service, case.territory):
        return "does not serve the place"
    if not suits(service.eligibility, case):
        return "is not for this person"
    return None if answers(service, now) else "does not answer at this hour"


def serves(service: Service, territory: str) -> bool:
    """Whether the place lies in the service's areas."""
    return any(territory.startswith(area) for area in service.service_areas)


def suits(rule: Eligibility, case: Case) -> bool:
    """Whether the service is for this person: for everybody in their band, or not at all."""
    first, last = int(case.age_band[:2]), case.age_band.rpartition("-")[2]
    oldest = 150 if case.age_band.endswith("+") else int(last)
    refused = (
        rule.minimum_age is not None and first < rule.minimum_age,
        rule.maximum_age is not None and oldest > rule.maximum_age,
        rule.maximum_children is not None and case.children > rule.maximum_children,
        rule.maximum_child_age is not None and case.children and rule.maximum_child_age < 7,
        rule.access is not None and not rule.access >= set(case.access_needs),
    )
    return not any(refused)


def answers(service: Service, now: datetime) -> bool:
    """Whether the service answers now, by the clock on the wall."""
    if not service.windows:
        return True
    wall = now.astimezone(jurisdiction().zone)
    window = service.windows[0]
    if window is DAYTIME:
        return 8 <= wall.hour < 20
    if window is NIGHT:
        evening = wall if wall.hour >= 21 else wall - timedelta(days=1)
        return (wall.hour >= 21 or wall.hour < 7) and evening.weekday() < 5
    raise LookupError("the laws know two windows")


def apart(territory: str, other: str | None, levels: tuple[int, ...]) -> int:
    """How many levels up two places meet; the nearest is 0."""
    for up, digits in enumerate(levels):
        if other is not None and territory[:digits] == other[:digits]:
            return up
    return len(levels)


def standing_in(book: Book, request: ServiceRequest) -> dict[str, int]:
    """Who goes first because a unit is excluded: the next higher one, 0; its oversight, 1."""
    case, directory = book.case(request), book.country.directory
    found: dict[str, int] = {}
    for service in directory.services.values():
        if service.service_type != case.service_type or not serves(service, case.territory):
            continue
        unit = directory.organisations[service.organisation]
        if unit.id not in case.organisations:
            continue
        if unit.oversight and unit.oversight not in case.organisations:
            found.setdefault(unit.oversight, 1)
        above = unit.parent
        while above in case.organisations:
            above = directory.organisations[above].parent
        if above:
            found[above] = 0
    return found
