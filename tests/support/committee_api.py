"""The committee service's API in this process, on the real database, and whoever may call it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import count
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from fastapi import FastAPI

from deploy.local.stack import Stack
from services.committee import app, matters
from services.committee.deps import Deps
from services.committee.registry.handlers import today
from services.committee.settings import CommitteeSettings
from shared.db import Database
from shared.events import Body, Envelope, Event, event_type
from shared.events.notify import StaffChanged
from shared.security.tokens import Caller
from tests.support import environment
from tests.support.tokens import bearer

COORDINATOR = Caller("st-coordinator", "ministry", frozenset({"coordinator"}), ("417",))
SECRETARY = Caller("st-secretary", "committee-uchkun", frozenset({"secretary", "reporter"}))
MEMBER = Caller("st-member", "committee-uchkun", frozenset({"member"}))
STRANGER = Caller("st-stranger", "committee-emgek", frozenset({"secretary"}))
POLICE = Caller("st-police", "police-naryn", frozenset({"worker"}))
EVERYBODY = (COORDINATOR, SECRETARY, MEMBER, STRANGER, POLICE)
PLACES = {"committee-uchkun": "41704245845000", "committee-emgek": "41704245846000"}
TABLES = """
SELECT string_agg(format('DELETE FROM committee.%I', tablename), ';') FROM pg_tables
WHERE schemaname = 'committee' AND tablename <> 'alembic_version'
"""
"""Of few rows this is ten times as quick as to truncate."""
_VERSIONS = count(1)


@dataclass(slots=True)
class Api:
    """One committee service. ``committees``: ids by the organisation of the directory."""

    stack: Stack
    db: Database
    deps: Deps
    http: httpx.AsyncClient
    committees: dict[str, str]

    async def call(self, caller: Caller, method: str, path: str, body: Any = None) -> Any:
        """One request; the response."""
        headers = bearer(self.stack, caller)
        return await self.http.request(method, path, json=body, headers=headers)

    async def ask(self, caller: Caller, method: str, path: str, body: Any = None) -> Any:
        """One request that must succeed; the decoded answer."""
        answer = await self.call(caller, method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def status(self, caller: Caller, method: str, path: str, body: Any = None) -> int:
        """One request; the status of its answer."""
        found: int = (await self.call(caller, method, path, body)).status_code
        return found

    async def today(self) -> date:
        """The day by the database, where the committees are: other tests turn its clock."""
        async with self.db.transaction() as tx:
            return today(tx, self.deps)

    async def knows(self, caller: Caller, *tags: str) -> None:
        """Notify said that somebody serves there, and under which tags they could be excluded."""
        body = StaffChanged(
            staff_id=caller.staff_id,
            organisation=caller.organisation,
            roles=tuple(sorted(caller.roles)),
            active=True,
            tags=tags,
        )
        await self.hear(body)

    async def sits(self, caller: Caller, **fields: Any) -> str:
        """Somebody of the register joins the secretary's committee; their member id."""
        await self.knows(caller)
        path = f"/committees/{self.committees[SECRETARY.organisation]}/members"
        made = await self.ask(SECRETARY, "POST", path, joining(caller.staff_id, **fields))
        return str(made["member_id"])

    async def hear(self, body: Body, subject: str | None = None) -> None:
        """Handles an event as the consumer would; each is newer than the one before."""
        version = next(_VERSIONS)
        async with self.db.transaction() as tx:
            envelope = Envelope(
                id=str(uuid4()),
                type=event_type(type(body)),
                source="test",
                subject=subject or body.key,
                key=body.key,
                time=tx.now,
                correlation_id=body.key,
                aggregate_version=version,
            )
            await app.handler_table(self.deps)[type(body)](tx, [Event(envelope, body)])

    async def leaves(self, caller: Caller, matter_id: str) -> None:
        """Somebody has a conflict."""
        async with self.db.transaction() as tx:
            await matters.leave(tx, matter_id, caller.staff_id, caller.staff_id)

    async def said(self, kind: type[Body]) -> list[str]:
        """The documents emitted of one type, oldest first, as text."""
        async with self.db.transaction() as tx:
            rows = await tx.fetch(
                "SELECT document FROM outbox WHERE type = $1 ORDER BY id", event_type(kind)
            )
        return [bytes(row["document"]).decode() for row in rows]


@asynccontextmanager
async def committee_api(stack: Stack) -> AsyncIterator[Api]:
    """Two committees in Naryn, each with a secretary; a police station, and a coordinator."""
    await stack.ensure("committee.migrate")
    owner = await asyncpg.connect(stack.superuser("tirek"))
    try:
        await owner.execute("SET session_replication_role = replica")  # also what none may delete
        await owner.execute(await owner.fetchval(TABLES))
    finally:
        await owner.close()
    web, db = _web(stack), Database(_settings(stack))
    transport = httpx.ASGITransport(web)
    async with httpx.AsyncClient(transport=transport, base_url="http://committee") as http:
        api = Api(stack, db, web.state.deps, http, {})
        for each in EVERYBODY:
            await api.knows(each)
        for organisation, territory in PLACES.items():
            body = approval(organisation=organisation, territory=territory)
            made = await api.ask(COORDINATOR, "POST", "/committees", body)
            api.committees[organisation] = made["committee_id"]
        yield api
    await web.state.db.close()
    await db.close()


def _settings(stack: Stack) -> CommitteeSettings:
    patient = {"connect_timeout": 20.0, "http_patience": 20.0}  # a busy machine is no answer of 503
    return environment.settings_of(CommitteeSettings, stack, "committee.serve", **patient)


@cache
def _web(stack: Stack) -> FastAPI:
    """One for all tests on a stack: it opens its connections again after they were closed."""
    return app.make_http(_settings(stack))


def approval(**fields: str) -> dict[str, Any]:
    """The body of POST /committees."""
    return {
        "order_no": "14-б",
        "order_on": "2026-01-12",
        "term_from": "2026-01-12",
        "term_to": "2028-01-12",
    } | fields


def joining(staff_id: str, **fields: Any) -> dict[str, Any]:
    """The body of POST /members: an elder, since January."""
    return {
        "staff_id": staff_id,
        "body": "aksakal-court",
        "sector": "community-aksakal-court",
        "order_no": "14-б",
        "order_on": "2026-01-12",
        "member_from": "2026-01-12",
    } | fields
