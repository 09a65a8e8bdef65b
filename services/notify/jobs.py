"""Jobs of notify, driven by time."""

from datetime import datetime

from services.notify.delivery import send
from services.notify.delivery.store import messages
from services.notify.deps import Deps
from services.notify.people.handlers import emit_register
from shared.db import Tx
from shared.runtime.quarantine import Step

AT_ONCE = 100
EXPIRY, EVERY = "expiry", 1.0
"""Nobody notifies it: it looks every second, not at every message that is queued."""
REGISTER, REGISTER_EVERY = "register", 30.0
"""Nobody notifies it: whoever changes an entry says so at once, this finds the rest."""


async def give_up_expired(deps: Deps, tx: Tx) -> datetime | None:
    """Gives up messages whose time is over unsent, so that referral hears of it; when next."""
    late = await send.give_up_expired(deps, tx, AT_ONCE)
    return tx.now if len(late) == AT_ONCE else await messages.next_expiry(tx)


def register_job(deps: Deps) -> Step:
    """A step through the register: says what was never said of anybody, part by part."""
    behind = ""

    async def step(tx: Tx) -> datetime | None:
        nonlocal behind
        behind = await emit_register(deps.exclusions.tagger, tx, behind)
        return tx.now if behind else None

    return step
