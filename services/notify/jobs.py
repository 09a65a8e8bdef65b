"""Jobs of notify, driven by time."""

from datetime import datetime

from services.notify.delivery import send
from services.notify.delivery.store import messages
from services.notify.deps import Deps
from shared.db import Tx

AT_ONCE = 100
EXPIRY, EVERY = "expiry", 1.0
"""Nobody notifies it: it looks every second, not at every message that is queued."""


async def give_up_expired(deps: Deps, tx: Tx) -> datetime | None:
    """Gives up messages whose time is over unsent, so that referral hears of it; when next."""
    late = await send.give_up_expired(deps, tx, AT_ONCE)
    return tx.now if len(late) == AT_ONCE else await messages.next_expiry(tx)
