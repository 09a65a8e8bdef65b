"""What referral says: kept for those who may see progress, and to end readings."""

from services.intake.store import referral_state
from shared.db import Tx
from shared.events import Event
from shared.events.referral import OfferChanged, ServiceRequestChanged


async def on_service_request_changed(
    tx: Tx, event: Event[ServiceRequestChanged], _body: ServiceRequestChanged
) -> None:
    """A need has come further."""
    await referral_state.save_request(tx, event)


async def on_offer_changed(tx: Tx, event: Event[OfferChanged], _body: OfferChanged) -> None:
    """An offer changed: when it ends, or another holds it, tickets given before are void."""
    await referral_state.save_offer(tx, event)
