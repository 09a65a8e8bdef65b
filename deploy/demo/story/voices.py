"""Everybody's voice: calls to the three APIs, each with the caller's own token, and the phones."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx

from deploy.local.stack import Stack
from deploy.samples.load import Person, load_people
from shared.clock import wall
from shared.events.words import Role
from shared.security.tokens import Caller, Signer

COORDINATOR = Caller("st-6jdlavnp", "mtsom", frozenset({Role.COORDINATOR}), ("417",))
"""Who watches the play: reads every service request of the country, and does nothing."""
ADMINISTRATOR = Caller("st-administrator", "tirek-watch", frozenset({Role.ADMINISTRATOR}))
MOST = 200
TIMEOUT = 10.0


class Refused(Exception):
    """An API said no: one line with the call, the status and what was wrong."""


@dataclass(frozen=True, slots=True)
class Voices:
    """Calls on behalf of people of the samples. Each raises `Refused` or `httpx.HTTPError`."""

    stack: Stack
    http: httpx.AsyncClient
    people: dict[str, Person] = field(
        default_factory=lambda: {person.staff_id: person for person in load_people()}
    )

    def caller(self, staff_id: str) -> Caller:
        """A member of the sample staff, with what the register says of them."""
        person = self.people[staff_id]
        return Caller(staff_id, person.organisation, frozenset(person.roles), person.territories)

    def token(self, caller: Caller) -> str:
        """A fresh access token: they live five minutes, a demo longer."""
        signer = Signer.from_file(self.stack.keys("console") / "tokens.private.json")
        return signer.token(caller, wall())

    async def ask(
        self, caller: Caller, service: str, path: str, body: Any = None, **headers: str
    ) -> Any:
        """A GET, or with a body a POST; the decoded answer."""
        sent = {"Authorization": f"Bearer {self.token(caller)}"} | headers
        url = self.stack.url(service) + path
        if body is None:
            answer = await self.http.get(url, headers=sent)
        else:
            answer = await self.http.post(url, headers=sent, json=body)
        return _content(answer)

    async def report(self, staff_id: str, body: Any, key: str) -> str:
        """Reports an incident; its id."""
        headers = {"Idempotency-Key": key}
        answer = await self.ask(self.caller(staff_id), "intake", "/incidents", body, **headers)
        return str(answer["incident_id"])

    async def service_requests(self) -> list[dict[str, Any]]:
        """The newest service requests of the country."""
        answer = await self.ask(COORDINATOR, "referral", f"/service-requests?limit={MOST}")
        return list(answer["service_requests"])

    async def decisions(self, service_request: str) -> list[dict[str, Any]]:
        """Every look that was taken at the directory for one, oldest first."""
        answer = await self.ask(COORDINATOR, "referral", f"/service-requests/{service_request}")
        return list(answer["decisions"] or [])

    async def messages(self, since: int) -> list[dict[str, Any]]:
        """What the phones got and what was typed on them, after this number."""
        url = f"{self.stack.url('phones')}/api/messages"
        return list(_content(await self.http.get(url, params={"since": since})))

    async def mails(self) -> list[dict[str, Any]]:
        """Every e-mail."""
        return list(_content(await self.http.get(f"{self.stack.url('mail')}/api/mails")))

    async def reply(self, phone: str, text: str) -> None:
        """Types a reply on a phone."""
        url = f"{self.stack.url('phones')}/api/phones/{phone}/replies"
        _content(await self.http.post(url, json={"text": text}))


def _content(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    request = answer.request
    status = HTTPStatus(answer.status_code)
    raise Refused(
        f"{request.method} {request.url.path}: {status.value} {status.phrase}; {answer.text[:500]}"
    )
