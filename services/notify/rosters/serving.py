"""Serving staff: the register and the rosters of some organisations, read once and asked often."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from services.notify.people import store as people
from services.notify.people.model import Person
from services.notify.rosters import store
from services.notify.rosters.duty import on_duty, running
from services.notify.rosters.model import Roster
from shared.db import Tx


@dataclass(frozen=True, slots=True)
class Staff:
    """The register as far as these organisations need it."""

    members: dict[str, list[Person]]
    """Everybody who serves there or did, by organisation."""
    plans: dict[str, list[Roster]]
    named: dict[str, Person]
    """Everybody in a roster, by staff id."""
    _serving: dict[tuple[str, int], list[Person]] = field(default_factory=dict)

    @classmethod
    async def of(cls, tx: Tx, organisations: Iterable[str]) -> Self:
        """Reads it once for all."""
        wanted = sorted(set(organisations))
        if not wanted:
            return cls({}, {}, {})
        plans = await store.of_organisations(tx, wanted)
        named = {each for plan in plans.values() for roster in plan for each in roster.people}
        members = await people.of_organisations(tx, wanted)
        return cls(members, plans, await people.by_id(tx, named))

    def serving(self, organisation: str, tier: int, now: datetime, zone: ZoneInfo) -> list[Person]:
        """Who is on duty and may have cases; asked many times, worked out once."""
        asked = (organisation, tier)
        if asked not in self._serving:
            duty = on_duty(self.plans.get(organisation, []), organisation, tier, now, zone)
            rostered = (self.named[staff_id] for staff_id in duty if staff_id in self.named)
            self._serving[asked] = [each for each in rostered if each.serves]
        return self._serving[asked]

    def tiers(self, organisation: str) -> list[int]:
        """The tiers that the rosters have, the first one first."""
        return sorted({roster.tier for roster in self.plans.get(organisation, [])})

    def duty_phones(
        self, organisation: str, tier: int, now: datetime, zone: ZoneInfo
    ) -> tuple[str, ...]:
        """The numbers of the watches that are running, each once."""
        watches = running(self.plans.get(organisation, []), organisation, tier, now, zone)
        return tuple(dict.fromkeys(each.phone for each in watches if each.phone is not None))
