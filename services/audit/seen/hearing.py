"""Hearing: who looked at what is kept, and which service requests are of one case."""

from collections.abc import Sequence
from typing import Any

from services.audit.seen import store
from services.audit.seen.reading import read
from shared.db import Tx
from shared.events import Event
from shared.events.referral import ServiceRequestChanged


async def on_seen(tx: Tx, events: Sequence[Event[Any]]) -> None:
    """Keeps what the console says of looks, searches, and what was refused."""
    await store.keep(tx, [read(event) for event in events])


async def on_request(tx: Tx, events: Sequence[Event[ServiceRequestChanged]]) -> None:
    """Keeps of which incident a service request is."""
    bodies = [event.body for event in events]
    await store.keep_cases(tx, {each.service_request_id: each.incident_id for each in bodies})
