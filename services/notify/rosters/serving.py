"""Serving staff: the register and the rosters of some organisations, read once and asked often."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from services.notify.people import store as people
from services.notify.people.model import Person
from services.notify.rosters import store
from services.notify.rosters.duty import Crew, LocalDays, of_tier, on_duty
from services.notify.rosters.model import Plan
from shared.db import Tx


@dataclass(frozen=True, slots=True)
class Staff:
    """The register as far as these organisations need it."""

    now: datetime
    days: LocalDays
    members: dict[str, list[Person]] = field(default_factory=dict)
    """Everybody who serves there or did, by organisation."""
    plans: dict[str, Plan] = field(default_factory=dict)
    named: dict[str, Person] = field(default_factory=dict)
    """Everybody in a roster or an override, and all members, by staff id."""
    _crews: dict[str, tuple[Crew, ...]] = field(default_factory=dict)

    @classmethod
    async def of(cls, tx: Tx, organisations: Iterable[str], days: LocalDays) -> Self:
        """Reads it once for all."""
        wanted = sorted(set(organisations))
        if not wanted:
            return cls(tx.now, days)
        plans = await store.plans(tx, wanted, tx.now)
        named = {each for plan in plans.values() for each in plan.people}
        members = await people.of_organisations(tx, wanted)
        here = {each.staff_id: each for serving in members.values() for each in serving}
        elsewhere = named - here.keys()
        found = here | await people.by_id(tx, elsewhere) if elsewhere else here
        return cls(tx.now, days, members, plans, found)

    def serving(self, organisation: str, tier: int) -> list[Person]:
        """Who is on duty now and may have cases, in order."""
        duty = of_tier(self._on_duty(organisation), tier)
        rostered = (self.named[staff_id] for staff_id in duty if staff_id in self.named)
        return [each for each in rostered if each.serves]

    def tiers(self, organisation: str) -> list[int]:
        """The tiers that the rosters have, the first one first."""
        return self.plans[organisation].tiers if organisation in self.plans else []

    def duty_phones(self, organisation: str, tier: int) -> tuple[str, ...]:
        """The numbers of the watches that are running, each once."""
        watches = (each.roster for each in self._on_duty(organisation) if each.roster.tier == tier)
        return tuple(dict.fromkeys(each.phone for each in watches if each.phone is not None))

    def _on_duty(self, organisation: str) -> tuple[Crew, ...]:
        """Asked many times, worked out once."""
        if organisation not in self._crews:
            plan = self.plans.get(organisation, Plan())
            self._crews[organisation] = on_duty(plan, self.now, self.days)
        return self._crews[organisation]
