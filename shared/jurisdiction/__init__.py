"""One jurisdiction, loaded from its files: all that is Kyrgyz is data, not code."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.errors import Invalid
from shared.events.words import Urgency
from shared.jurisdiction.calendar import Holidays, working_calendar
from shared.jurisdiction.config_files import at_line, read_yaml
from shared.jurisdiction.forms import Forms
from shared.jurisdiction.phones import normalise
from shared.jurisdiction.policies import DEFAULT, Policies, Timers
from shared.jurisdiction.profile import Profile, ServiceType, ServiceTypes
from shared.jurisdiction.risk import Assessment, Checklist
from shared.jurisdiction.territories import Place, Territories, read_territories
from shared.jurisdiction.texts import Texts, read_texts
from shared.jurisdiction.wording import Wording, read_wording
from shared.jurisdiction.working_hours import WorkingCalendar

__all__ = [
    "Assessment",
    "Jurisdiction",
    "Place",
    "Policies",
    "ServiceType",
    "Timers",
    "load_jurisdiction",
]


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Everything a service may ask about where it runs. Frozen; no method reads anything."""

    profile: Profile
    zone: ZoneInfo
    territories: Territories
    kinds: Mapping[str, Mapping[str, str]]
    service_types: Mapping[str, ServiceType]
    policies: Policies
    checklist: Checklist
    forms: Forms
    holidays: Holidays
    calendar: WorkingCalendar
    texts: Texts
    wording: Wording

    def service_type(self, code: str, field: str = "service_type") -> ServiceType:
        """The service type; raises `Invalid` naming ``field`` for an unknown one."""
        known = self.service_types.get(code)
        if known is None:
            raise Invalid(field, f"must be one of {', '.join(self.service_types)}")
        return known

    def body(self, code: str, field: str = "body") -> str:
        """A body that sits in committees, or is asked by one; raises `Invalid` for another."""
        if code not in self.profile.bodies:
            raise Invalid(field, f"must be one of {', '.join(self.profile.bodies)}")
        return code

    def timers(self, service_type: str, urgency: Urgency) -> Timers:
        """The clocks of an offer under the policies in force."""
        self.service_type(service_type)
        return self.policies.timers_for(service_type, urgency)

    def deadline(self, service_type: str, start: datetime, amount: timedelta) -> datetime:
        """``amount`` after ``start``, in UTC: working time, where the service type counts it."""
        if self.policies.working_hours and self.service_type(service_type).working_hours:
            return self.calendar.add(start, amount)
        return start.astimezone(UTC) + amount

    def age_band(self, age: int) -> str:
        """The band of an age in years: ``30-44``, ``60+``. An age leaves intake as this only."""
        bounds = self.profile.age_bands
        position = bisect_right(bounds, age)
        if position == 0:
            raise Invalid("age", "must not be negative")
        first = bounds[position - 1]
        return f"{first}+" if position == len(bounds) else f"{first}-{bounds[position] - 1}"

    def moment(self, at: datetime, seen: datetime) -> str:
        """``at`` on a local clock for somebody reading at ``seen``: 14:35, or 24.11 14:35."""
        local = at.astimezone(self.zone)
        same_day = local.date() == seen.astimezone(self.zone).date()
        return local.strftime("%H:%M" if same_day else "%d.%m %H:%M")

    def phone(self, typed: str, field: str = "phone") -> str:
        """A number as it is written here, E.164; raises `Invalid` naming ``field`` for none."""
        rules = self.profile.phones
        return normalise(typed, rules.country_code, rules.national_digits, field)

    def area_name(self, code: str, language: str) -> str:
        """The name a list may show for a place: never finer than a raion."""
        return self.territories.raion_of(code).name(language)


def load_jurisdiction(folder: Path, policies: Path | None = None) -> Jurisdiction:
    """Read and check the files of ``folder``; ``policies`` may stand elsewhere (a demo's).

    Raises `BadFile`, naming the file, the field and the line, for anything that cannot be right.
    """
    profile = read_yaml(folder / "jurisdiction.yaml", Profile)
    types = read_yaml(folder / "service_types.yaml", ServiceTypes)
    holidays = read_yaml(folder / "holidays.yaml", Holidays)
    territories = read_territories(folder, profile.territory)
    zone = _zone(folder / "jurisdiction.yaml", profile.timezone)
    _check_codes(folder / "jurisdiction.yaml", profile, types)
    country = Jurisdiction(
        profile=profile,
        zone=zone,
        territories=territories,
        kinds=types.organisation_kinds,
        service_types=types.service_types,
        policies=_policies(policies or folder / "policies.yaml", types),
        checklist=read_yaml(folder / "risk.yaml", Checklist),
        forms=_forms(folder / "forms.yaml", types),
        holidays=holidays,
        calendar=working_calendar(zone, profile.working_week, holidays),
        texts=read_texts(folder / "messages", profile.languages),
        wording=read_wording(folder / "wording", profile.languages),
    )
    _check_work(folder / "jurisdiction.yaml", country)
    return country


def _zone(path: Path, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise at_line(path, f"timezone: {name} is unknown") from problem


def _check_codes(path: Path, profile: Profile, types: ServiceTypes) -> None:
    duties = {"child": profile.duties.child, "immediate_danger": profile.duties.immediate_danger}
    named = {f"duties.{name}": duty.service_type for name, duty in duties.items()}
    named |= {f"clinical_clocks.{each.id}": each.service_type for each in profile.clinical_clocks}
    for field, code in named.items():
        if code not in types.service_types:
            raise at_line(path, f"{field}: {code} is no service type")


def _policies(path: Path, types: ServiceTypes) -> Policies:
    policies = read_yaml(path, Policies)
    if strangers := sorted(set(policies.timers) - set(types.service_types) - {DEFAULT}):
        problem = f"timers: no such service type: {', '.join(strangers)}"
        raise at_line(path, problem, ("timers", strangers[0]))
    return policies


def _forms(path: Path, types: ServiceTypes) -> Forms:
    """The words of forms; a country without them shows codes."""
    forms = read_yaml(path, Forms) if path.exists() else Forms()
    known = {"scopes": {*types.service_types, DEFAULT}, "recipients": {*types.organisation_kinds}}
    for field, codes in known.items():
        if strangers := sorted(set(getattr(forms, field)) - codes):
            problem = f"{field}: unknown: {', '.join(strangers)}"
            raise at_line(path, problem, (field, strangers[0]))
    return forms


def _check_work(path: Path, country: Jurisdiction) -> None:
    """A timer in working time ends some day: else no case with it could be opened."""
    begins = datetime.combine(country.policies.valid_from, time(), country.zone)
    for code in country.service_types:
        for urgency in Urgency:
            timers = country.policies.timers_for(code, urgency)
            for amount in (timers.ack, timers.decide, timers.contact):
                try:
                    country.deadline(code, begins, amount)
                except ValueError:
                    problem = f"working_week: holds no {amount} of work, which {code} waits for"
                    raise at_line(path, problem) from None
