"""Notify on a real database, told by hand what referral would say, with its senders at will."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
from pydantic import SecretStr

from deploy.local.stack import Stack
from services.notify import app
from services.notify.channels.sms import Timing
from services.notify.deps import Deps
from services.notify.people import store as people
from services.notify.people.model import Person
from services.notify.rosters import store as rosters
from services.notify.rosters.model import Roster, Window
from services.notify.settings import NotifySettings
from shared.db import Database
from shared.events import Act, Body, Envelope, Event, event_type
from shared.events.referral import OfferChanged, OfferRequested, OrganisationChanged
from shared.events.words import OfferStatus, Urgency
from shared.runtime.health import Health
from shared.security.sealing import Sealer
from shared.security.tags import ExcludedPeople
from tests.support import environment

ALWAYS = Window(datetime.fromisoformat("2026-01-01T00:00"), timedelta(hours=24), "FREQ=DAILY")
DESK = "desk"
TABLES = """
outbox, inbox, parked, messages, receipts_early, replies, reply_parts, texts_unread, answers, codes,
alerts, notices, number_readings, offers, rosters, people, organisations,
lookups, exclusions, rosters_removed, roster_overrides, calendar_feeds,
contact_checks, telephone_pins, telephone_checks
"""


@dataclass(slots=True)
class House:
    """One notify. ``version`` counts what referral said of its one service request."""

    stack: Stack
    settings: NotifySettings
    db: Database
    deps: Deps
    intake: Sealer
    version: int = 0
    directory_version: int = 0
    incident: str = field(default_factory=lambda: str(uuid4()))

    # --- who there is ----------------------------------------------------------------------------

    async def organisation(
        self, name: str = DESK, kind: str = "crisis-centre", *, version: int = 0, **more: Any
    ) -> None:
        """The directory says what an organisation in Naryn oblast is now, or was at ``version``."""
        self.directory_version += 1
        said = {"organisation": name, "kind": kind, "territories": ("41704",)} | more
        await self.hear(OrganisationChanged(**said), version=version or self.directory_version)

    async def person(self, staff_id: str, number: int | None = None, **fields: Any) -> Person:
        """Somebody at the desk, with the phone +996000000<number> if one is given."""
        person = Person(
            **{
                "staff_id": staff_id,
                "name": f"Name {staff_id}",
                "organisation": DESK,
                "organisation_kind": "",
                "roles": frozenset({"worker"}),
                "languages": ("ru",),
                "phone": phone(number) if number is not None else None,
            }
            | fields
        )
        async with self.db.transaction() as tx:
            await people.save_person(tx, person, "test")
        return person

    async def on_duty(self, *staff_ids: str, tier: int = 1, organisation: str = DESK) -> None:
        """A roster by which these are always on duty."""
        made = Roster(
            roster_id=f"{organisation}-{tier}",
            organisation=organisation,
            tier=tier,
            people=staff_ids,
            windows=(ALWAYS,),
        )
        async with self.db.transaction() as tx:
            await rosters.save(tx, made, "test")

    def excluding(
        self, staff_ids: Iterable[str] = (), tags: Iterable[str] = (), **posts: Iterable[str]
    ) -> str:
        """The list as intake seals it for notify; ``posts``: its organisations and places."""
        by_post = {name: frozenset(values) for name, values in posts.items()}
        excluded = ExcludedPeople(frozenset(staff_ids), frozenset(tags), **by_post)
        return self.intake.seal(excluded.encode(), ["notify"]).decode()

    # --- what referral says ----------------------------------------------------------------------

    async def now(self) -> datetime:
        """The time by the database."""
        async with self.db.transaction() as tx:
            return tx.now

    async def hear(self, body: Body, *, act: Act | None = None, version: int | None = None) -> None:
        """Handles an event of referral as the consumer would, in a transaction of its own."""
        event = Event(await self.envelope(body, version), body, act)
        async with self.db.transaction() as tx:
            await app.handler_table(self.deps)[type(body)](tx, [event])

    async def envelope(self, body: Body, version: int | None = None) -> Envelope:
        """What stands round an event of referral; the next version unless told otherwise."""
        if version is None:
            self.version += 1
            version = self.version
        return Envelope(
            id=str(uuid4()),
            type=event_type(type(body)),
            source="referral",
            subject="sr",
            key=body.key,
            time=await self.now(),
            correlation_id=body.key,
            aggregate_version=version,
        )

    async def request(self, **fields: Any) -> OfferRequested:
        """Asks the desk: an urgent offer with five minutes to answer, unless told otherwise."""
        body = await self.asking(**fields)
        await self.hear(body)
        return body

    async def asking(self, **fields: Any) -> OfferRequested:
        """What `request` says."""
        now = await self.now()
        asked: dict[str, Any] = {
            "incident_id": self.incident,
            "service_request_id": "sr",
            "offer_id": "offer-1",
            "alert_id": "alert-1",
            "organisation": DESK,
            "tier": 1,
            "urgency": Urgency.HIGH,
            "deadline": now + timedelta(minutes=5),
            "decide_by": now + timedelta(minutes=10),
        }
        return OfferRequested(**asked | fields)

    async def change(self, after: OfferStatus, **fields: Any) -> None:
        """The offer went from requested to ``after``, unless told otherwise."""
        act = fields.pop("act", None)
        body = OfferChanged(
            **{
                "incident_id": self.incident,
                "service_request_id": "sr",
                "need_id": "need",
                "offer_id": "offer-1",
                "organisation": DESK,
                "before": OfferStatus.REQUESTED,
                "after": after,
            }
            | fields
        )
        await self.hear(body, act=act)

    # --- what came of it -------------------------------------------------------------------------

    async def said(self, kind: type[Body]) -> list[dict[str, Any]]:
        """What notify said, oldest first: body fields, and the act's under ``act``."""
        async with self.db.transaction() as tx:
            rows = await tx.fetch(
                "SELECT document FROM outbox WHERE type = $1 ORDER BY id", event_type(kind)
            )
        documents = [json.loads(row["document"]) for row in rows]
        return [each["data"] | {"act": each.get("act")} for each in documents]

    async def messages(self, **where: str) -> list[dict[str, Any]]:
        """Messages with these column values, oldest first."""
        async with self.db.transaction() as tx:
            rows = await tx.fetch("SELECT * FROM messages ORDER BY queued_at, message_id")
        return [
            dict(row) for row in rows if all(row[name] == value for name, value in where.items())
        ]

    @asynccontextmanager
    async def sending(
        self,
        smpp_port: int,
        *,
        timing: Timing | None = None,
        smtp_port: int = 9,
        health: Health | None = None,
    ) -> AsyncIterator[None]:
        """Its senders at work, wired as in the worker."""
        urls = {
            "smpp_url": f"smpp://tirek:tirek@127.0.0.1:{smpp_port}",
            "smpp_urgent_url": f"smpp://urgent:tirek@127.0.0.1:{smpp_port}",
            "smtp_url": f"smtp://127.0.0.1:{smtp_port}",
        }
        settings = self.settings.model_copy(
            update={name: SecretStr(url) for name, url in urls.items()}
        )
        works = app.senders(settings, self.deps, self.db, timing, health)
        running = [asyncio.ensure_future(work()) for work in works.values()]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


def phone(number: int) -> str:
    """A number in a range that no operator uses."""
    return f"+996000000{number:03}"


def settings_of(stack: Stack, process: str = "notify.work") -> NotifySettings:
    """The settings that a process of the stack would read from its environment."""
    return environment.settings_of(NotifySettings, stack, process)


@asynccontextmanager
async def house(stack: Stack) -> AsyncIterator[House]:
    """An empty notify."""
    await stack.ensure("notify.migrate")
    owner = await asyncpg.connect(stack.superuser("tirek"))
    try:
        await owner.execute(f"SET search_path = notify; TRUNCATE {TABLES}")
    finally:
        await owner.close()
    settings = settings_of(stack)
    db = Database(settings)
    try:
        yield House(
            stack=stack,
            settings=settings,
            db=db,
            deps=app.make_deps(settings),
            intake=Sealer.from_directory("intake", stack.keys("intake")),
        )
    finally:
        await db.close()


@asynccontextmanager
async def one_on_duty(stack: Stack) -> AsyncIterator[House]:
    """A crisis centre with one person on duty, ``st-one``."""
    async with house(stack) as one:
        await one.organisation()
        await one.person("st-one", 1)
        await one.on_duty("st-one")
        yield one
