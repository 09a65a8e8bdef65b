"""Who there is in one seed: organisations, their people, their places; all of it invented.

Timers, territories and working hours are those of the shipped jurisdiction; ladders and holds are
now and then short ones, so that their ends are reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random

from services.referral.directory.model import (
    Directory,
    Eligibility,
    Organisation,
    Service,
    Window,
)
from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction, load_jurisdiction
from shared.jurisdiction.policies import Ladder
from shared.security.excluded_staff import Digests
from shared.security.staff import Member

FOLDER = Path(__file__).parents[2] / "deploy" / "jurisdictions" / "kg"
TERRITORIES = (
    "41704245845020",  # a village of Naryn raion
    "41704245000000",  # Naryn raion
    "41704210000000",  # another raion of the oblast
    "41711204000000",  # the capital
)
POLICE = ("station-1", "station-2", "raion-police", "oblast-police", "oversight")
CENTRES = ("centre-1", "centre-2", "centre-3", "centre-4", "ngo-1", "ngo-2")
DAYTIME = Window("FREQ=DAILY", "08:00", "20:00")
NIGHT = Window("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "21:00", "07:00")
DIGESTS = Digests((b"simulation",))
MINISTRY = "ministry"
COORDINATOR = "st-coordinator"
OFFERED = ("shelter", "crisis-counselling", "legal-aid")


@dataclass(frozen=True, slots=True)
class Climate:
    """What a seed is mostly about. ``needs``: what is asked for, in so many ``hours``; ``open``:
    how many of its services are for everybody, everywhere; ``mute``: how often the gateway takes
    nothing; ``nobody``: how often nobody is on duty.
    """

    needs: tuple[str, ...]
    hours: int = 48
    open: float = 0.3
    mute: float = 0.04
    nobody: float = 0.1


CLIMATES = (
    Climate(("shelter", "police-protection", "crisis-counselling", "legal-aid")),
    Climate(("shelter",) * 5 + ("police-protection",), hours=5, open=0.9),
    Climate(("shelter", "police-protection", "crisis-counselling"), mute=0.3, nobody=0.3),
)


@lru_cache(maxsize=1)
def jurisdiction() -> Jurisdiction:
    """The shipped one, read once a process."""
    return load_jurisdiction(FOLDER)


@dataclass(slots=True)
class Country:
    """One seed's directory, and who works where. ``directory`` is replaced when it changes."""

    climate: Climate
    jurisdiction: Jurisdiction
    directory: Directory
    people: Mapping[str, tuple[str, ...]]
    dice: Random
    changes: int = 0

    def staff(self) -> dict[str, Member]:
        """The register: who serves somewhere now, and one of each organisation who has left."""
        serving = [(each, unit) for unit, staff in self.people.items() for each in staff]
        known = [*((*each, True) for each in serving), (COORDINATOR, MINISTRY, True)]
        known += [(left(unit), unit, False) for unit in self.people]
        return {
            staff_id: Member(
                staff_id=staff_id,
                organisation=unit,
                roles=frozenset({"coordinator" if unit == MINISTRY else "worker"}),
                active=active,
                tags=frozenset({tag(staff_id), f"name of {staff_id}"}),
            )
            for staff_id, unit, active in known
        }

    def change(self, now: datetime) -> str:
        """Something in the directory becomes otherwise; what, in words."""
        self.changes += 1
        services, organisations = self.directory.services, self.directory.organisations
        counted = sorted(each.id for each in services.values() if each.places)
        any_of = counted if counted and self.dice.random() < 0.5 else sorted(services)
        service = services[self.dice.choice(any_of)]
        match self.dice.randrange(4):
            case 0 | 1 if service.places is not None:
                service = replace(service, places=self.dice.choice([0, 0, 1, 2]))
                said = f"{service.id} now has {service.places} places"
            case 2:
                until = now + timedelta(hours=self.dice.choice([0, 1, 12, 48]))
                unit = replace(organisations[service.organisation], verified_until=until)
                organisations = {**organisations, unit.id: unit}
                said = f"{unit.id} is verified until {until:%d.%m %H:%M:%S}"
            case _:
                service = replace(service, service_areas=_areas(self.dice))
                said = f"{service.id} now serves {', '.join(service.service_areas)}"
        self.directory = replace(
            self.directory,
            change=f"directory-{self.changes}",
            organisations=organisations,
            services={**services, service.id: service},
        )
        return said


def left(unit: str) -> str:
    """Somebody who served in an organisation once."""
    return f"st-{unit}-left"


def tag(staff_id: str) -> str:
    """A tag under which somebody may be excluded: their telephone's, say."""
    return f"telephone of {staff_id}"


def country(dice: Random, now: datetime) -> Country:
    """A small country: some police units with theirs above them, some centres."""
    climate = dice.choice(CLIMATES)
    organisations = [*_police(dice), *_centres(dice, now)]
    services = [
        service for each in organisations for service in _services(dice, climate.open, each)
    ]
    levels = sorted(
        (level.digits for level in jurisdiction().territories.rules.levels), reverse=True
    )
    directory = Directory(
        change="directory-0",
        organisations={each.id: each for each in organisations},
        services={each.id: each for each in services},
        levels=tuple(levels),
    )
    people = {
        each.id: tuple(f"st-{each.id}-{number + 1}" for number in range(dice.choice([1, 2, 2])))
        for each in organisations
    }
    return Country(climate, _jurisdiction_of(dice), directory, people, dice)


def _jurisdiction_of(dice: Random) -> Jurisdiction:
    shipped = jurisdiction()
    if dice.random() < 0.5:
        return shipped
    ladder = {
        urgency: Ladder(
            tiers=dice.choice([1, 2, 3]),
            max_offers=dice.choice([1, 2, 3]),
            coordinator_after=dice.choice([1, 2]),
        )
        for urgency in Urgency
    }
    hold = timedelta(minutes=dice.choice([5, 20, 240]))
    changed = {"ladder": ladder, "hold_at_most": hold}
    return replace(shipped, policies=shipped.policies.model_copy(update=changed))


def _police(dice: Random) -> list[Organisation]:
    above = {"station-1": "raion-police", "station-2": "raion-police"}
    above |= {"raion-police": "oblast-police"}
    return [
        Organisation(
            id=name,
            name=name,
            kind="oversight" if name == "oversight" else "police",
            parent=above.get(name),
            oversight="oversight" if name.startswith("station") else None,
            territory=dice.choice(TERRITORIES),
        )
        for name in POLICE
        if name in above or name in {"oblast-police", "oversight"} or dice.random() < 0.8
    ]


def _centres(dice: Random, now: datetime) -> list[Organisation]:
    return [
        Organisation(
            id=name,
            name=name,
            kind="crisis-centre" if name.startswith("centre") else "ngo",
            territory=dice.choice((*TERRITORIES, None)),
            verified_until=now + timedelta(hours=30) if dice.random() < 0.1 else None,
        )
        for name in CENTRES
        if dice.random() < 0.85
    ]


def _services(dice: Random, ease: float, each: Organisation) -> list[Service]:
    if each.kind in ("police", "oversight"):
        return [_service(dice, each, "police-protection", easy=not each.oversight)]
    offered = [kind for kind in OFFERED if dice.random() < 0.6]
    return [_service(dice, each, kind, easy=dice.random() < ease) for kind in offered]


def _service(dice: Random, each: Organisation, kind: str, *, easy: bool) -> Service:
    windows = {"crisis-counselling": (DAYTIME,), "legal-aid": (NIGHT,)}.get(kind, ())
    return Service(
        id=f"{each.id}-{kind}",
        organisation=each.id,
        service_type=kind,
        service_areas=("417",) if easy else _areas(dice),
        windows=windows if dice.random() < 0.25 else (),
        eligibility=Eligibility() if easy else _eligibility(dice),
        places=dice.choice([0, 1, 1, 1, 2, 3]) if kind == "shelter" else None,
    )


def _eligibility(dice: Random) -> Eligibility:
    if dice.random() < 0.7:
        return Eligibility()
    return Eligibility(
        minimum_age=dice.choice([None, 18, 35]),
        maximum_age=dice.choice([None, None, 40]),
        maximum_children=dice.choice([None, 0, 2]),
        maximum_child_age=dice.choice([None, 3]),
        access=dice.choice([None, frozenset(), frozenset({"wheelchair"})]),
    )


def _areas(dice: Random) -> tuple[str, ...]:
    return dice.choice([("417",), ("417",), ("41704",), ("41711",), ("41704245", "41711")])
