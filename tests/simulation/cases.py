"""What is reported in one seed, and what is true of it: the laws ask this, never the aggregate."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from services.referral.directory.model import Organisation
from shared.events.intake import ChildBand, IncidentReported, Need, Permission
from shared.events.words import Urgency
from shared.security.excluded_staff import staff_digest
from tests.simulation.country import DIGESTS, TERRITORIES, Country, tag

AGES = ("16-17", "18-29", "30-44", "60+")
KINDS = {
    "shelter": ("crisis-centre", "ngo"),
    "crisis-counselling": ("crisis-centre", "ngo"),
    "legal-aid": ("ngo", "crisis-centre"),
    "police-protection": ("police", "oversight"),
}


@dataclass(slots=True)
class Case:
    """One need. ``permissions`` are those in force; exclusions only ever grow."""

    incident_id: str
    need_id: str
    service_type: str
    urgency: Urgency
    territory: str
    age_band: str
    children: int
    access_needs: tuple[str, ...]
    permissions: tuple[Permission, ...]
    organisations: set[str] = field(default_factory=set)
    """Excluded, from the beginning or because a party turned out to serve there."""
    places: tuple[str, ...] = ()
    people: set[str] = field(default_factory=set)

    def excludes(self, unit: Organisation) -> bool:
        """Whether nobody there may ever hear of it."""
        near = unit.territory is not None and any(
            unit.territory.startswith(place) for place in self.places
        )
        return near or unit.id in self.organisations

    def permits(self, unit: str, kind: str, now: datetime | None) -> bool:
        """Whether a consent lets it be asked at ``now``; at any time, where that is none."""
        return any(
            given.recipient_kind == kind
            and given.organisation in (None, unit)
            and (now is None or given.until is None or now < given.until)
            for given in self.permissions
        )


def reported(dice: Random, country: Country, number: int, now: datetime) -> IncidentReported:
    """An incident with one need or two, some permitted, some with people who must not know."""
    incident_id = f"incident-{number}"
    urgencies = (Urgency.IMMEDIATE, Urgency.HIGH, Urgency.STANDARD)
    urgency = dice.choices(urgencies, (3, 4, 3))[0]
    needed = country.climate.needs
    wanted = dict.fromkeys(dice.choices(needed, k=2 if dice.random() < 0.3 else 1))
    needs = tuple(
        Need(
            need_id=f"need-{number}{'ab'[place]}",
            service_type=service_type,
            urgency=dice.choice([urgency, urgency, Urgency.STANDARD]),
            permissions=_permissions(dice, country, service_type, f"{number}{place}", now),
        )
        for place, service_type in enumerate(wanted)
    )
    units = sorted(country.directory.organisations)
    excluded = dice.sample(units, dice.choice([1, 1, 2])) if dice.random() < 0.35 else []
    staff = [each for unit in units for each in country.people[unit]]
    people = dice.sample(staff, 2) if dice.random() < 0.3 else []
    return IncidentReported(
        incident_id=incident_id,
        territory=dice.choice(TERRITORIES),
        territory_verified=True,
        urgency=urgency,
        needs=needs,
        age_band=dice.choice(AGES),
        children=(ChildBand(band="7-11", count=dice.randint(1, 3)),) if dice.random() < 0.4 else (),
        language="ky",
        access_needs=(dice.choice(["wheelchair", "sign-language"]),) if dice.random() < 0.2 else (),
        excluded_organisations=tuple(excluded),
        excluded_places=(dice.choice(TERRITORIES)[:8],) if dice.random() < 0.1 else (),
        # one by an old digest of the id, and the others by keyed ones, as intake may know them
        excluded_staff=tuple(staff_digest(incident_id, each) for each in people[:1]),
        excluded_digests=DIGESTS.of(incident_id, map(tag, people[1:])),
        excluded_people=",".join(people) or None,  # sealed for notify; here it tells the case
    )


def _permissions(
    dice: Random, country: Country, service_type: str, number: str, now: datetime
) -> tuple[Permission, ...]:
    given: list[Permission] = []
    for kind in KINDS[service_type]:
        if dice.random() > 0.85:
            continue
        units = [each.id for each in country.directory.organisations.values() if each.kind == kind]
        until = now + timedelta(minutes=dice.choice([10, 60, 600])) if dice.random() < 0.1 else None
        given.append(
            Permission(
                consent_id=f"consent-{number}-{kind}",
                recipient_kind=kind,
                organisation=dice.choice(units) if units and dice.random() < 0.15 else None,
                until=until,
            )
        )
    return tuple(given)


def cases(body: IncidentReported) -> list[Case]:
    """What is true of each need of a report."""
    return [
        Case(
            incident_id=body.incident_id,
            need_id=need.need_id,
            service_type=need.service_type,
            urgency=need.urgency,
            territory=body.territory,
            age_band=body.age_band,
            children=sum(each.count for each in body.children),
            access_needs=body.access_needs,
            permissions=need.permissions,
            organisations=set(body.excluded_organisations),
            places=body.excluded_places,
            people=set(body.excluded_people.split(",")) if body.excluded_people else set(),
        )
        for need in body.needs
    ]
