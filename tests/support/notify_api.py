"""Notify's API in this process, on the real database, and whoever may call it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.local.stack import Stack
from services.notify import app
from shared.security.tokens import Caller
from tests.support.notify import House, house, settings_of
from tests.support.tokens import bearer

ADMINISTRATOR = Caller("st-admin", "tirek", frozenset({"administrator"}))
WORKER = Caller("st-one", "desk", frozenset({"worker"}))


@dataclass(slots=True)
class Api:
    """The API of one notify."""

    house: House
    http: httpx.AsyncClient

    async def call(self, caller: Caller, method: str, path: str, body: Any = None) -> Any:
        """One request; the response."""
        headers = bearer(self.house.stack, caller)
        return await self.http.request(method, path, json=body, headers=headers)

    async def names(self, caller: Caller, organisation: str = "desk") -> list[str]:
        """Whom the caller sees in an organisation, on all pages."""
        path, found, cursor = f"/people?organisation={organisation}", [], ""
        while True:
            answer = await self.call(caller, "GET", path + cursor)
            assert answer.status_code == 200, answer.text
            found += [person["staff_id"] for person in answer.json()["people"]]
            if "next" not in answer.json():
                return found
            cursor = f"&cursor={answer.json()['next']}"


@asynccontextmanager
async def notify_api(stack: Stack) -> AsyncIterator[Api]:
    """A crisis centre in Naryn with two workers; the API beside it."""
    async with house(stack) as one:
        await one.organisation()
        await one.person("st-one", 1)
        await one.person("st-two", 2)
        web = app.make_http(settings_of(stack, "notify.serve"))
        transport = httpx.ASGITransport(web)
        async with httpx.AsyncClient(transport=transport, base_url="http://notify") as http:
            yield Api(one, http)
        await web.state.db.close()


def entry(**fields: Any) -> dict[str, Any]:
    """The body of PUT /people."""
    return {
        "name": "Асель Жумабекова",
        "organisation": "desk",
        "roles": ["worker"],
        "languages": ["ky", "ru"],
        "phone": "0000 000 009",
        "territories": [],
    } | fields


def watches(**fields: Any) -> dict[str, Any]:
    """The body of PUT /rosters: st-one, always."""
    always = {"dtstart": "2026-01-01T00:00", "duration": "PT24H", "rrule": "FREQ=DAILY"}
    return {"organisation": "desk", "tier": 1, "people": ["st-one"], "windows": [always]} | fields
