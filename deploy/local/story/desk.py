"""Everybody's hands: calls to the services with the right person's token, and the phones."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from deploy.local.errors import StackError
from deploy.local.stack import ROOT, Stack
from deploy.samples.load import Incident, Person, load_people
from shared.clock import wall
from shared.config_files import FromFile, read_yaml
from shared.tokens import Caller, Signer

SAMPLES = ROOT / "deploy" / "samples"
ADMINISTRATOR = Caller("st-demo-admin", "tirek", frozenset({"administrator"}))
COORDINATOR = Caller("st-demo-coordinator", "tirek", frozenset({"coordinator"}), ("417",))
TIMEOUT = 15.0


class _Any(FromFile):
    """As much of a sample file as goes through unread."""

    organizations: tuple[dict[str, Any], ...] = ()
    rosters: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class Desk:
    """Calls on behalf of the sample people. A refusal that should not be is a `StackError`."""

    stack: Stack
    http: httpx.AsyncClient
    zone: ZoneInfo
    people: dict[str, Person] = field(
        default_factory=lambda: {each.staff_id: each for each in load_people()}
    )

    def caller(self, staff_id: str) -> Caller:
        """A member of the sample staff."""
        found = self.people[staff_id]
        return Caller(staff_id, found.organisation, frozenset(found.roles), found.territories)

    async def call(
        self, caller: Caller, service: str, method: str, path: str, body: Any = None
    ) -> httpx.Response:
        """One request with a fresh token and a fresh idempotency key."""
        signer = Signer.from_file(self.stack.keys("console") / "tokens.private.json")
        headers = {
            "Authorization": f"Bearer {signer.token(caller, wall())}",
            "Idempotency-Key": str(uuid4()),
        }
        url = self.stack.url(service) + path
        return await self.http.request(method, url, json=body, headers=headers)

    async def ask(
        self, caller: Caller, service: str, method: str, path: str, body: Any = None
    ) -> Any:
        """One request that must succeed; what it answers."""
        answer = await self.call(caller, service, method, path, body)
        if not answer.is_success:
            raise StackError(f"{service} {method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None

    async def load(self) -> None:
        """Organisations, people and rosters, into notify's register."""
        for each in read_yaml(SAMPLES / "directory.yaml", _Any).organizations:
            places = [place["territory"] for place in each.get("locations", ())]
            areas = [
                area for service in each.get("services", ()) for area in service["service_areas"]
            ]
            body = {"kind": each["kind"], "territories": list(dict.fromkeys(places or areas))}
            await self._put(f"/organisations/{each['id']}", body)
        for person in self.people.values():
            body = person.model_dump(mode="json", exclude={"staff_id", "organisation_kind"})
            await self._put(f"/people/{person.staff_id}", body)
        for roster in read_yaml(SAMPLES / "rosters.yaml", _Any).rosters:
            body = {name: value for name, value in roster.items() if name != "roster_id"}
            await self._put(f"/rosters/{roster['roster_id']}", body)

    async def _put(self, path: str, body: dict[str, Any]) -> None:
        await self.ask(ADMINISTRATOR, "notify", "PUT", path, body)

    async def report(self, sample: Incident) -> str:
        """Reports a sample incident; its id."""
        body = sample.body(wall(), self.zone)
        caller = self.caller(sample.reported_by)
        answer = await self.ask(caller, "intake", "POST", "/incidents", body)
        incident: str = answer["incident_id"]
        return incident

    async def service_requests(self) -> list[dict[str, Any]]:
        """Everything referral has in hand."""
        path = "/service-requests?limit=200"
        found = await self.ask(COORDINATOR, "referral", "GET", path)
        listed: list[dict[str, Any]] = found["service_requests"]
        return listed

    async def deliveries(self, offer_id: str) -> list[dict[str, Any]]:
        """Who was told of an offer; empty while notify has not heard of it."""
        path = f"/offers/{offer_id}/deliveries"
        answer = await self.call(COORDINATOR, "notify", "GET", path)
        if answer.status_code == 404:
            return []
        found: list[dict[str, Any]] = answer.json()
        return found

    async def texts(self, since: int = 0) -> list[dict[str, Any]]:
        """What went over the phones after message ``since``."""
        answer = await self.http.get(f"{self.stack.url('phones')}/api/messages?since={since}")
        found: list[dict[str, Any]] = answer.json()
        return found

    async def reply(self, phone: str, text: str) -> None:
        """Types a reply on somebody's phone."""
        url = f"{self.stack.url('phones')}/api/phones/{phone.lstrip('+')}/replies"
        await self.http.post(url, json={"text": text})
