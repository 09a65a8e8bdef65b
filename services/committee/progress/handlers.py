"""Handlers of what referral says."""

from services.committee.progress import store
from shared.db import Tx
from shared.events import Event
from shared.events.referral import ServiceRequestChanged


async def on_service_request_changed(
    tx: Tx, event: Event[ServiceRequestChanged], _body: ServiceRequestChanged
) -> None:
    """A need has come further. It is kept before anybody says that its incident was an appeal: the
    word of that comes from a page, and may come after this."""
    await store.save(tx, event)
