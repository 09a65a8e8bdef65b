"""The committee of Uchkun, with five in office, who sit: what its secretary enters; the clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from deploy.local.stack import Stack
from services.committee import jobs, matters
from shared.events.intake import ExclusionsChanged
from shared.events.words import SYSTEM
from shared.runtime.quarantine import Quarantine
from shared.security.tokens import Caller
from tests.stack import turn_clock
from tests.support.committee_api import COORDINATOR, SECRETARY, Api, approval, committee_api

INCIDENT = "6f1e1e0e-8f6c-4b7e-9c35-3a4b8d2f1c55"
HERE = ("st-secretary", "st-1", "st-2", "st-3")
UNANIMOUS = {"in_favour": 3, "against": 0, "abstained": 0}
NOTED: dict[str, Any] = {"result": "noted", "votes": None, "decisions": []}


def member(number: int) -> Caller:
    """A member of the committee of Uchkun; the first is its chair."""
    return Caller(f"st-{number}", SECRETARY.organisation, frozenset({"member"}))


@dataclass(slots=True)
class House:
    """The committee: ``members`` are member ids by staff id."""

    api: Api
    members: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its address."""
        return f"/committees/{self.api.committees[SECRETARY.organisation]}"

    async def joined(self, caller: Caller, deputy_of: str | None = None) -> None:
        """Somebody of the register joined in January."""
        self.members[caller.staff_id] = await self.api.sits(caller, deputy_of=deputy_of)

    async def planned(self, *topics: str, by: Caller = SECRETARY) -> tuple[str, list[str]]:
        """An emergency sitting with these items: its address, and theirs."""
        name = str(uuid4())
        body = {"kind": "emergency", "starts": await self.ago(2)}
        await self.api.ask(by, "PUT", f"{self.path}/sittings/{name}", body)
        sitting, items = f"/sittings/{name}", []
        for topic in topics:
            items.append(f"{sitting}/agenda/{uuid4()}")
            await self.api.ask(by, "PUT", items[-1], {"source": "own", "topic": topic})
        return sitting, items

    async def minutes(self, *here: str, **fields: Any) -> dict[str, Any]:
        """A sitting of an hour that these attended, led by the chair."""
        return {
            "starts": await self.ago(2),
            "ends": await self.ago(1),
            "chair": "st-1",
            "secretary": "st-secretary",
            "attendance": [{"staff_id": each, "status": "present"} for each in here],
            "invited": [{"body": "police", "came": True, "signed": True}],
        } | fields

    async def held(self, sitting: str, *here: str) -> Any:
        """The sitting was held by these, or by four of the five; its minutes."""
        body = await self.minutes(*(here or HERE))
        return await self.api.ask(SECRETARY, "PUT", f"{sitting}/held", body)

    async def decision(self, **fields: Any) -> dict[str, Any]:
        """The crisis centre is asked within ten days, and st-2 sees to it."""
        return {
            "what": "refer",
            "body": "crisis-centre",
            "due": await self.day(10),
            "control": "report-in-writing",
            "person": "st-2",
        } | fields

    async def settle(self, item: str, by: Caller = SECRETARY, **fields: Any) -> Any:
        """What came of an item: one decision, unless told otherwise. The response."""
        body = {
            "result": "decided",
            "votes": UNANIMOUS,
            "decisions": [await self.decision()],
        } | fields
        return await self.api.call(by, "PUT", f"{item}/outcome", body)

    async def settled(self, item: str, by: Caller = SECRETARY, **fields: Any) -> None:
        """The same, and it is taken."""
        answer = await self.settle(item, by, **fields)
        assert answer.is_success, answer.text

    async def leaves(self, item: str, by: Caller, who: str | None = None) -> None:
        """Somebody leaves for an item, or is said to."""
        await self.api.ask(by, "POST", f"{item}/leave", {"staff_id": who} if who else {})

    async def excluded(self, matter_id: str, caller: Caller) -> None:
        """The matter is about an incident from which somebody is excluded."""
        await self.linked(matter_id)
        await self.api.knows(caller, f"tag-{caller.staff_id}")
        digests = self.api.deps.digests.of(INCIDENT, [f"tag-{caller.staff_id}"])
        await self.api.hear(ExclusionsChanged(incident_id=INCIDENT, excluded_digests=digests))

    async def linked(self, matter_id: str) -> None:
        """The matter is about an incident of which intake has not said yet whom it excludes."""
        async with self.api.db.transaction(actor=SYSTEM) as tx:
            await matters.link(tx, matter_id, INCIDENT, SECRETARY.staff_id)

    async def actions(self, by: Caller) -> list[dict[str, Any]]:
        """Its actions, as somebody sees them."""
        return list((await self.api.ask(by, "GET", f"{self.path}/actions"))["actions"])

    async def reminds(self) -> None:
        """The job of reminders does all that is due."""
        step, again = jobs.reminders_job(self.api.deps, Quarantine()), True
        while again:
            async with self.api.db.transaction() as tx:
                due = await step(tx)
                again = due is not None and due <= tx.now

    async def ago(self, hours: int) -> str:
        """So many hours before now, by the database, as text."""
        async with self.api.db.transaction() as tx:
            return (tx.now - timedelta(hours=hours)).isoformat()

    async def day(self, ahead: int = 0) -> str:
        """The local day so many days ahead, as text."""
        return (await self.api.today() + timedelta(days=ahead)).isoformat()

    async def noon(self) -> None:
        """Turns the clock on to the next local noon."""
        async with self.api.db.transaction() as tx:
            local = tx.now.astimezone(self.api.deps.jurisdiction.zone)
        noon = local.replace(hour=12, minute=0, second=0, microsecond=0)
        await turn_clock(self.api.stack, (noon - local) % timedelta(days=1))


@asynccontextmanager
async def sitting_committee(stack: Stack) -> AsyncIterator[House]:
    """Five in office, their secretary among them: three are a quorum."""
    async with committee_api(stack) as api:
        house = House(api)
        for each in (SECRETARY, *map(member, range(1, 5))):
            await house.joined(each)
        body = approval(chair="st-1", secretary=SECRETARY.staff_id)
        await api.ask(COORDINATOR, "PUT", house.path, body)
        yield house
