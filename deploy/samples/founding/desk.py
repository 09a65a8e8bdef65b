"""A desk: one committee, its people, and its secretary who enters what it did."""

from dataclasses import dataclass, field
from typing import Any

from deploy.samples.founding.figures import CHAIR, SECRETARY, Calendar, Committee, Founding, Seated
from deploy.samples.founding.voice import Refused, Voice


@dataclass(slots=True)
class Desk:
    """``committee_id``: as the service calls it, once it is approved."""

    voice: Voice
    founding: Founding
    calendar: Calendar
    committee: Committee
    people: list[Seated] = field(init=False)
    committee_id: str = ""

    def __post_init__(self) -> None:
        self.people = self.founding.people(self.committee)

    @property
    def secretary(self) -> Seated:
        """Who enters everything."""
        return self.people[SECRETARY]

    @property
    def chair(self) -> Seated:
        """Who leads."""
        return self.people[CHAIR]

    @property
    def path(self) -> str:
        """The committee's address."""
        return f"/committees/{self.committee_id}"

    def own_id(self, *what: object) -> str:
        """The id of one of its entries of this year, the same each time."""
        return self.committee.own_id(self.calendar.year, *what)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the secretary's to the committee service."""
        return await self.voice.ask(self.secretary.caller, "committee", method, path, body)

    async def found(self, path: str) -> Any:
        """What stands there, or none."""
        try:
            return await self.ask("GET", path)
        except Refused as refused:
            if refused.status != 404:
                raise
            return None

    async def once(self, path: str, body: Any) -> Any:
        """Enters something unless it stands there already, with the day on which it was played."""
        return await self.found(path) or await self.ask("PUT", path, body)
