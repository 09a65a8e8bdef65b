"""A whole Tirek with the sample country in it, used as its people do: over HTTP and by phone."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
import httpx

from deploy.local.stack import ROOT, Stack
from deploy.samples import load
from deploy.samples.load import Incident, Person, load_incidents, load_people, sample_caller
from services.notify import cli as notify_cli
from shared.security.tokens import Caller
from tests.support.eventually import eventually
from tests.support.tokens import token

EVERYTHING = (
    "intake.serve",
    "intake.work",
    "referral.serve",
    "referral.work",
    "notify.serve",
    "notify.work",
    "simulators",
)
COORDINATOR = sample_caller(load.COORDINATOR)
HEARD = """
SELECT NOT EXISTS (SELECT FROM unnest($1::text[]) AS wanted(staff_id)
                   WHERE wanted.staff_id NOT IN (SELECT staff_id FROM intake.staff)
                      OR wanted.staff_id NOT IN (SELECT staff_id FROM referral.staff))
"""
CODE = re.compile(r"\b[2-9A-HJ-NP-Z]{7}\b")
BISHKEK = ZoneInfo("Asia/Bishkek")


@dataclass(slots=True)
class Town:
    """The running system. Every call is somebody's, with that person's token."""

    stack: Stack
    http: httpx.AsyncClient
    samples: dict[str, Incident] = field(default_factory=load_incidents)
    people: dict[str, Person] = field(
        default_factory=lambda: {each.staff_id: each for each in load_people()}
    )

    def local_today(self) -> date:
        """The day where all this happens."""
        return datetime.now(BISHKEK).date()

    def caller(self, staff_id: str) -> Caller:
        """A member of the sample staff."""
        return self.people[staff_id].caller

    async def call(
        self,
        caller: Caller,
        service: str,
        method: str,
        path: str,
        body: Any = None,
        **headers: str,
    ) -> httpx.Response:
        """One request."""
        bearer = {"Authorization": f"Bearer {token(self.stack, caller)}"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.request(
            method, self.stack.url(service) + path, json=body, headers=bearer | named
        )

    async def ask(
        self, caller: Caller, service: str, method: str, path: str, body: Any = None
    ) -> Any:
        """One request that must succeed; the decoded answer."""
        answer = await self.call(caller, service, method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def body(self, name: str, **changes: Any) -> dict[str, Any]:
        """The report of a sample, with changes."""
        return self.samples[name].body(datetime.now(UTC), BISHKEK) | changes

    async def report(self, name: str, **changes: Any) -> str:
        """Reports a sample incident; its id."""
        caller = self.caller(self.samples[name].reported_by)
        answer = await self.call(
            caller,
            "intake",
            "POST",
            "/incidents",
            self.body(name, **changes),
            Idempotency_Key=str(uuid4()),
        )
        assert answer.status_code == 201, answer.text
        incident: str = answer.json()["incident_id"]
        return incident

    async def requests(self, incident: str) -> list[dict[str, Any]]:
        """The service requests of an incident, as a coordinator sees them."""
        found = await self.ask(
            COORDINATOR, "referral", "GET", f"/service-requests?incident={incident}"
        )
        return list(found["service_requests"])

    async def offer(self, incident: str, service_type: str) -> dict[str, Any]:
        """The offer that is open for a need, once there is one."""

        async def find() -> dict[str, Any] | None:
            for request in await self.requests(incident):
                for offer in request["offers"]:
                    if request["service_type"] == service_type and offer["status"] == "requested":
                        return dict(offer)
            return None

        found: dict[str, Any] | None = await eventually(find, within=20)
        assert found is not None
        return found

    async def progress(self, incident: str, name: str) -> dict[str, str]:
        """What the reporter is shown: progress by need."""
        caller = self.caller(self.samples[name].reported_by)
        shown = await self.ask(caller, "intake", "GET", f"/incidents/{incident}")
        return {need["service_type"]: need["progress"] for need in shown["needs"]}

    async def messages(self, phone: str) -> list[str]:
        """What a phone has received, oldest first."""
        answer = await self.http.get(
            f"{self.stack.url('phones')}/api/phones/{phone.lstrip('+')}/messages"
        )
        return [each["text"] for each in answer.json() if not each["from_phone"]]

    async def code(self, phone: str, *, after: int = 0) -> str:
        """The code in the first text a phone gets beyond the first ``after``."""

        async def find() -> str | None:
            for text in (await self.messages(phone))[after:]:
                if found := CODE.search(text):
                    return found.group()
            return None

        return str(await eventually(find, within=20))

    async def reply(self, phone: str, text: str) -> None:
        """Types a reply on a phone."""
        answer = await self.http.post(
            f"{self.stack.url('phones')}/api/phones/{phone.lstrip('+')}/replies",
            json={"text": text},
        )
        assert answer.status_code == 202, answer.text

    async def settled(self, incident: str, service_type: str, fulfilment: str) -> dict[str, Any]:
        """The service request of a need, once it has come so far."""

        async def find() -> dict[str, Any] | None:
            for request in await self.requests(incident):
                if (request["service_type"], request["fulfilment"]) == (service_type, fulfilment):
                    return request
            return None

        found: dict[str, Any] | None = await eventually(find, within=30)
        assert found is not None
        return found


@asynccontextmanager
async def town(stack: Stack) -> AsyncIterator[Town]:
    """Everything up, with the sample people and rosters loaded."""
    await stack.ensure(*EVERYTHING)
    samples = ROOT / "deploy" / "samples"
    given = token(stack, sample_caller(load.ADMINISTRATOR))
    url = stack.url("notify")
    await asyncio.to_thread(notify_cli.load_people, samples / "people.yaml", given, url)
    await asyncio.to_thread(notify_cli.load_rosters, samples / "rosters.yaml", given, url)
    await everybody_heard(stack)
    async with httpx.AsyncClient(timeout=15) as http:
        yield Town(stack, http)


async def everybody_heard(stack: Stack) -> None:
    """Waits until every service knows the sample staff: who is not known sees nothing."""
    connection = await asyncpg.connect(stack.superuser("tirek"))
    staff_ids = [each.staff_id for each in load_people()]

    async def heard() -> bool:
        return bool(await connection.fetchval(HEARD, staff_ids))

    try:
        await eventually(heard, within=30)
    finally:
        await connection.close()


def someone_at(town: Town, organisation: str) -> Caller:
    """A worker of an organisation who is on its roster."""
    staff = next(
        each.staff_id
        for each in town.people.values()
        if each.organisation == organisation and "worker" in each.roles
    )
    return town.caller(staff)
