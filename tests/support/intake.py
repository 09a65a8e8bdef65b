"""Intake on a real database, called over its HTTP as people call it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from deploy.local.stack import Stack
from services.intake import app
from services.intake.deps import Deps
from services.intake.settings import IntakeSettings
from shared.clock import wall
from shared.db import Database
from shared.events import Body, Event, event_type
from shared.events.notify import StaffChanged
from shared.events.referral import OfferChanged, ServiceRequestChanged
from shared.events.words import Fulfilment, OfferStatus, Role, ServiceRequestStatus
from shared.security.tokens import Caller, Signer, Ticket
from tests.support import environment
from tests.support.notify_says import enveloped as enveloped_by_notify
from tests.support.notify_says import staff_changed
from tests.support.referral_says import enveloped, offer_changed, request_changed

UCHKUN = "41704245845020"
"""A village of Naryn oblast."""
CONSENTED = ["identity", "contact", "story", "safe-contact"]
OFFICER = Caller("st-officer", "police-naryn", frozenset({"worker"}))
"""Who answers for the grounds of `ground`."""


def staff(*roles: str, **fields: Any) -> Caller:
    """Somebody new who works and reports, unless told otherwise."""
    named = {"staff_id": f"st-{uuid4().hex[:8]}", "organisation": "committee-uchkun"} | fields
    return Caller(roles=frozenset(roles or ("worker", "reporter")), **named)


def consent(need: str = "crisis-counselling", **fields: Any) -> dict[str, Any]:
    """A survivor's consent for crisis centres, for ninety days."""
    return {
        "need": need,
        "recipient_kind": "crisis-centre",
        "purpose": "service",
        "scope": CONSENTED,
        "given_by": {"who": "survivor"},
        "how": "oral",
        "until": (datetime.now(UTC) + timedelta(days=90)).isoformat(),
    } | fields


def ground(need: str, kind: str, **fields: Any) -> dict[str, Any]:
    """A danger to life that an officer recorded instead of a consent."""
    return consent(
        need,
        recipient_kind=kind,
        given_by={"who": "officer"},
        until=None,
        ground="vital-interest",
        named_person=OFFICER.staff_id,
        **fields,
    )


def a_number() -> str:
    """Somebody's number, nobody else's: two reports are of two survivors unless a test says so."""
    return f"+996000{uuid4().int % 1_000_000:06}"


def report(**fields: Any) -> dict[str, Any]:
    """A body of ``POST /incidents``: counselling is needed and consented to."""
    return {
        "reporter": {"kind": "staff"},
        "received_by_channel": "in-person",
        "territory": UCHKUN,
        "immediate_danger": False,
        "needs": ["crisis-counselling"],
        "danger_signs": ["stalking"],
        "survivor": {"name": "Айсулуу", "age": 34, "phone": a_number(), "language": "ky"},
        "accused": [],
        "children": [],
        "exclusions": [],
        "consents": [consent()],
        "text": "Күйөөсү артынан түшүп жүрөт.",
        "language": "ky",
    } | fields


@dataclass(slots=True)
class Intake:
    """One intake: its HTTP, its database, and who may sign for it.

    ``known``: whom it has heard of (or must not); everybody else is said to it before they call.
    """

    stack: Stack
    db: Database
    deps: Deps
    client: httpx.AsyncClient
    tokens: Signer
    tickets: Signer
    known: set[str] = field(default_factory=set)
    introducing: asyncio.Lock = field(default_factory=asyncio.Lock)

    # --- over HTTP -------------------------------------------------------------------------------

    async def ask(
        self, method: str, path: str, caller: Caller | None, **request: Any
    ) -> httpx.Response:
        """One request as ``caller``, or as nobody."""
        headers = dict(request.pop("headers", {}))
        if caller is not None:
            await self.introduce(caller)
            headers["Authorization"] = f"Bearer {self.tokens.token(caller, wall())}"
        return await self.client.request(method, path, headers=headers, **request)

    async def send(
        self, caller: Caller, body: dict[str, Any], key: str | None = None
    ) -> httpx.Response:
        """Sends a report under a key, a new one if none is given."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return await self.ask("POST", "/incidents", caller, json=body, headers=headers)

    async def take(self, caller: Caller, **fields: Any) -> dict[str, Any]:
        """A report that is taken; what was answered."""
        answer = await self.send(caller, report(**fields))
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    async def show(self, caller: Caller, incident_id: str) -> httpx.Response:
        """An incident, as ``caller`` sees it."""
        return await self.ask("GET", f"/incidents/{incident_id}", caller)

    async def withdraw(
        self, caller: Caller, incident_id: str, consent_id: str, **body: Any
    ) -> httpx.Response:
        """Takes a consent back."""
        path = f"/incidents/{incident_id}/consents/{consent_id}/withdrawal"
        return await self.ask("POST", path, caller, json=body)

    async def give(
        self, caller: Caller, incident_id: str, *consents: dict[str, Any], **body: Any
    ) -> httpx.Response:
        """Records consents that came later."""
        path = f"/incidents/{incident_id}/consents"
        return await self.ask("POST", path, caller, json={"consents": consents, **body})

    async def read(
        self, caller: Caller, incident_id: str, ticket: str, purpose: str = "service", **body: Any
    ) -> httpx.Response:
        """Reads with a ticket."""
        path = f"/incidents/{incident_id}/disclosures"
        asked = {"purpose": purpose, "ticket": ticket, **body}
        return await self.ask("POST", path, caller, json=asked)

    # --- what notify says ------------------------------------------------------------------------

    async def introduce(self, caller: Caller) -> None:
        """Puts a caller into the copy of the register, unless they are there or are a stranger."""
        async with self.introducing:  # who calls twice at once is there before either call
            if caller.staff_id not in self.known and caller.roles != {Role.SYSTEM}:
                await self.hear_staff(caller)

    def stranger(self, caller: Caller) -> Caller:
        """The same caller, of whom nobody says anything until `hear_staff` does."""
        self.known.add(caller.staff_id)
        return caller

    async def hear_staff(self, caller: Caller, **said: Any) -> None:
        """Notify says somebody anew; ``said`` is what differs from their token: name, phones…;
        and of what ``kind`` their organisation is."""
        self.known.add(caller.staff_id)
        kind = {"organisation_kind": said.pop("kind", None)}
        body = staff_changed(self.deps.tagger, caller, **said).model_copy(update=kind)
        envelope = enveloped_by_notify(body, await self.now())
        async with self.db.transaction() as tx:
            await app.handler_table(self.deps)[StaffChanged](tx, [Event(envelope, body)])

    # --- what referral does ----------------------------------------------------------------------

    async def ticket(
        self, taken: dict[str, Any], holder: Caller, need: str = "crisis-counselling", **fields: Any
    ) -> str:
        """What ``holder`` gets for accepting, signed at this moment of the database."""
        at: datetime = fields.pop("at", None) or await self.now()
        claims: dict[str, str] = {
            "incident_id": taken["incident_id"],
            "need_id": need_id(taken, need),
            "service_request_id": "sr",
            "offer_id": f"offer-{taken['incident_id']}",
            "organisation": holder.organisation,
            "organisation_kind": "crisis-centre",
            "staff_id": holder.staff_id,
        }
        return self.tickets.ticket(Ticket(**(claims | fields)), at)

    async def hear(
        self,
        body: OfferChanged | ServiceRequestChanged,
        version: int = 1,
        at: datetime | None = None,
    ) -> None:
        """Handles an event of referral as the consumer would, in a transaction of its own."""
        envelope = enveloped(body, version, at or await self.now())
        async with self.db.transaction() as tx:
            await app.handler_table(self.deps)[type(body)](tx, [Event(envelope, body)])

    async def hear_offer(
        self, taken: dict[str, Any], after: OfferStatus, version: int = 1, **fields: Any
    ) -> None:
        """The offer that tickets are for has come to ``after``."""
        at = fields.pop("at", None)
        await self.hear(offer_changed(taken, after, **fields), version, at)

    async def hear_progress(
        self,
        taken: dict[str, Any],
        status: ServiceRequestStatus,
        fulfilment: Fulfilment = Fulfilment.UNMATCHED,
        version: int = 1,
    ) -> None:
        """The first need has come further."""
        await self.hear(request_changed(taken, status, fulfilment), version)

    # --- what came of it -------------------------------------------------------------------------

    async def now(self) -> datetime:
        """The time by the database."""
        async with self.db.transaction() as tx:
            return tx.now

    async def said(self, kind: type[Body], incident_id: str) -> list[dict[str, Any]]:
        """What intake said of an incident, oldest first: body fields, the act's under ``act``."""
        async with self.db.transaction() as tx:
            rows = await tx.fetch(
                "SELECT document, aggregate_version FROM outbox WHERE type = $1 AND key = $2 "
                "ORDER BY id",
                event_type(kind),
                incident_id,
            )
        documents = [(json.loads(row["document"]), row["aggregate_version"]) for row in rows]
        return [
            each["data"] | {"act": each.get("act"), "version": version}
            for each, version in documents
        ]

    async def count(self, table: str, where: str = "true", *args: Any) -> int:
        """Rows, seen by who sees all."""
        async with self._superuser() as superuser:
            counted: int = await superuser.fetchval(
                f"SELECT count(*) FROM intake.{table} WHERE {where}", *args
            )
        return counted

    async def change(self, statement: str, *args: Any) -> None:
        """Changes rows behind the service's back."""
        async with self._superuser() as superuser:
            await superuser.execute(statement, *args)

    async def age(self, taken: dict[str, Any], by: timedelta) -> None:
        """Makes an incident older."""
        await self.change(
            "UPDATE intake.incidents SET received_at = received_at - $2::interval "
            "WHERE incident_id = $1",
            taken["incident_id"],
            by,
        )

    @asynccontextmanager
    async def _superuser(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.stack.superuser("tirek"))
        try:
            yield connection
        finally:
            await connection.close()


def need_id(taken: dict[str, Any], service_type: str) -> str:
    """The id of a need of an incident."""
    return {str(n["service_type"]): str(n["need_id"]) for n in taken["needs"]}[service_type]


def settings_of(stack: Stack, process: str = "intake.serve", **fields: Any) -> IntakeSettings:
    """The settings that a process of the stack would read from its environment."""
    return environment.settings_of(IntakeSettings, stack, process, **fields)


@asynccontextmanager
async def running(stack: Stack, **fields: Any) -> AsyncIterator[Intake]:
    """An intake whose HTTP is called in this process."""
    await stack.ensure("intake.migrate")
    settings = settings_of(stack, **fields)
    web = app.make_http(settings)
    async with (
        web.router.lifespan_context(web),
        _calling(stack, settings, transport=httpx.ASGITransport(web)) as one,
    ):
        yield one


@asynccontextmanager
async def served(stack: Stack) -> AsyncIterator[Intake]:
    """The intake of the stack's own process ``intake.serve``."""
    async with _calling(stack, settings_of(stack), base_url=stack.url("intake")) as one:
        yield one


@asynccontextmanager
async def _calling(
    stack: Stack,
    settings: IntakeSettings,
    *,
    base_url: str = "http://intake",
    transport: httpx.ASGITransport | None = None,
) -> AsyncIterator[Intake]:
    db, deps = Database(settings), app.make_deps(settings)
    async with httpx.AsyncClient(transport=transport, base_url=base_url, timeout=30) as client:
        try:
            one = Intake(
                stack=stack,
                db=db,
                deps=deps,
                client=client,
                tokens=Signer.from_file(key_file(stack, "console", "tokens.private.json")),
                tickets=Signer.from_file(key_file(stack, "referral", "tickets.private.json")),
            )
            await one.introduce(OFFICER)
            yield one
        finally:
            await db.close()
            await deps.keys.close()


def key_file(stack: Stack, service: str, name: str) -> Path:
    """A key file of a service of the stack."""
    return stack.keys(service) / name
