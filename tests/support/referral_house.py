"""Referral on a real database: told by hand what intake and notify would say."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from pydantic import SecretStr

from deploy.local.stack import ROOT, Stack
from services.referral.app import load_deps
from services.referral.deps import Deps
from services.referral.handlers import alerts, answers, exclusions, incidents, staff
from services.referral.model.service_request import Offer, ServiceRequest
from services.referral.settings import ReferralSettings
from services.referral.store import requests
from services.referral.visibility import seen_by
from shared.db import Database, Tx
from shared.events import Act, Body, Envelope, Event, event_type
from shared.events.intake import ChildBand, ExclusionsChanged, IncidentReported, Need, Permission
from shared.events.notify import AlertSent, AlertUnreachable, AnswerReceived, StaffChanged
from shared.events.words import Answer, Channel, Role, UnreachableReason, Urgency
from shared.security.visibility import Viewer
from shared.settings import Environment

_VERSIONS = count(1)


@dataclass(slots=True)
class House:
    """One referral service, without its processes."""

    settings: ReferralSettings
    db: Database
    deps: Deps
    heard: dict[str, str] = field(default_factory=dict)
    """Who was said to serve where."""

    async def knows(self, viewer: Viewer, *tags: str, active: bool = True) -> None:
        """Notify said that somebody serves there, and under which tags they could be excluded."""
        self.heard[viewer.staff_id] = viewer.organisation
        body = StaffChanged(
            staff_id=viewer.staff_id,
            organisation=viewer.organisation,
            roles=tuple(sorted(viewer.roles)),
            active=active,
            tags=tags,
        )
        async with self.db.transaction() as tx:
            await staff.on_staff_changed(
                self.deps, tx, [event_of(body, tx.now, version=next(_VERSIONS))]
            )

    async def reported(
        self, service_type: str = "crisis-counselling", kind: str = "crisis-centre", **changes: Any
    ) -> ServiceRequest:
        """Intake said that an incident with one need was reported."""
        need = Need(
            need_id=str(uuid4()),
            service_type=service_type,
            urgency=Urgency.HIGH,
            permissions=(Permission(consent_id=str(uuid4()), recipient_kind=kind),),
        )
        fields: dict[str, Any] = {
            "incident_id": str(uuid4()),
            "territory": "41704245845020",
            "territory_verified": True,
            "urgency": Urgency.HIGH,
            "needs": (need,),
            "age_band": "30-44",
            "children": (ChildBand(band="7-11", count=1),),
            "language": "ky",
        } | changes
        body = IncidentReported(**fields)
        async with self.db.transaction() as tx:
            event = event_of(body, tx.now)
            await incidents.on_incidents_reported(self.deps, tx, [event])
        return await self.request(body.incident_id, body.needs[0].need_id)

    @asynccontextmanager
    async def as_seen_by(self, viewer: Viewer) -> AsyncIterator[Tx]:
        """A transaction of the viewer's, as the HTTP edge opens it; referral has heard of them."""
        if self.heard.get(viewer.staff_id) != viewer.organisation:
            await self.knows(viewer)
        async with seen_by(self.db, viewer) as tx:
            yield tx

    async def excludes(self, request: ServiceRequest, *tags: str, **more: tuple[str, ...]) -> None:
        """Intake said that an incident excludes more: whoever has these tags, or what is named."""
        body = ExclusionsChanged(
            incident_id=request.incident_id,
            excluded_people="sealed for notify",
            excluded_digests=self.deps.digests.of(request.incident_id, tags),
            **more,
        )
        async with self.db.transaction() as tx:
            event = event_of(body, tx.now, version=2)
            await exclusions.on_exclusions_changed(self.deps, tx, [event])

    async def request(self, incident_id: str, need_id: str) -> ServiceRequest:
        """The aggregate as it stands."""
        async with self.db.transaction() as tx:
            found = await requests.by_needs(tx, [(incident_id, need_id)])
        return found[incident_id, need_id]

    async def again(self, request: ServiceRequest) -> ServiceRequest:
        """The same aggregate, read anew."""
        return await self.request(request.incident_id, request.need_id)

    async def told(self, offer: Offer, request: ServiceRequest) -> None:
        """Notify said that somebody was really told."""
        async with self.db.transaction() as tx:
            body = AlertSent(
                incident_id=request.incident_id,
                service_request_id=request.id,
                offer_id=offer.id,
                alert_id=offer.alert_id,
                tier=offer.tier,
                channel="sms",
                people=1,
                sent_at=tx.now,
            )
            await alerts.on_alerts_sent(self.deps, tx, [event_of(body, tx.now)])

    async def unreachable(
        self, offer: Offer, request: ServiceRequest, reason: UnreachableReason
    ) -> None:
        """Notify said that nobody can be told."""
        body = AlertUnreachable(
            incident_id=request.incident_id,
            service_request_id=request.id,
            offer_id=offer.id,
            alert_id=offer.alert_id,
            tier=offer.tier,
            reason=reason,
        )
        async with self.db.transaction() as tx:
            await alerts.on_alerts_unreachable(self.deps, tx, [event_of(body, tx.now)])

    async def answered(
        self,
        offer: Offer,
        request: ServiceRequest,
        answer: Answer,
        staff_id: str,
        *,
        said: Answer | None = None,
    ) -> None:
        """Notify said that somebody who serves there answered by SMS."""
        if self.heard.get(staff_id) != offer.organisation:
            await self.knows(worker(offer.organisation, staff_id))
        body = AnswerReceived(
            incident_id=request.incident_id,
            service_request_id=request.id,
            offer_id=offer.id,
            answer_id=str(uuid4()),
            answer=answer,
            said=said,
            organisation=offer.organisation,
        )
        async with self.db.transaction() as tx:
            act = Act(received_at=tx.now, actor=staff_id, channel=Channel.SMS)
            await answers.on_answers_received(self.deps, tx, [event_of(body, tx.now, act)])

    async def said(self, request: ServiceRequest) -> list[str]:
        """The event types emitted for an incident, in order."""
        async with self.db.transaction() as tx:
            rows = await tx.fetch(
                "SELECT type FROM outbox WHERE key = $1 ORDER BY id", request.incident_id
            )
        return [row["type"].removeprefix("tirek.").removesuffix(".v1") for row in rows]

    async def documents(self, request: ServiceRequest) -> list[dict[str, Any]]:
        """The bodies emitted for one service request, in order."""
        async with self.db.transaction() as tx:
            found = await tx.fetch(
                "SELECT document FROM outbox WHERE subject = $1 ORDER BY id", request.id
            )
        return [json.loads(row["document"])["data"] for row in found]


def event_of(body: Body, now: Any, act: Act | None = None, version: int = 1) -> Event[Any]:
    """An event as the bus would bring it."""
    envelope = Envelope(
        id=str(uuid4()),
        type=event_type(type(body)),
        source="test",
        subject=body.key,
        key=body.key,
        time=now,
        correlation_id=body.key,
        aggregate_version=version,
    )
    return Event(envelope, body, act)


def worker(organisation: str, staff_id: str = "st-one") -> Viewer:
    """Somebody who works there."""
    return Viewer(staff_id, organisation, frozenset({Role.WORKER}))


def coordinator(*territories: str, staff_id: str = "st-coordinator") -> Viewer:
    """A coordinator of these territories, each the whole beginning of a code."""
    return Viewer(staff_id, "ministry", frozenset({Role.COORDINATOR}), territories or ("417",))


@asynccontextmanager
async def opened(stack: Stack) -> AsyncIterator[House]:
    """Referral on the stack's database."""
    await stack.ensure("referral.migrate")
    settings = ReferralSettings(
        env=Environment.TEST,
        database_url=SecretStr(stack.dsn("tirek_referral")),
        kafka="127.0.0.1:9",
        keys_dir=stack.keys("referral"),
        jurisdiction=ROOT / "deploy/jurisdictions/kg",
        directory=ROOT / "deploy/samples/directory.yaml",
        pool_size=10,
    )
    db = Database(settings)
    try:
        yield House(settings, db, load_deps(settings))
    finally:
        await db.close()


async def both(first: Any, second: Any) -> Sequence[Any]:
    """Two things at once; failures are answered as they are."""
    return await asyncio.gather(first, second, return_exceptions=True)
