"""Handlers of contacts: a code is sent to one, and said again by whoever reads it.

The code is derived from the message that carries it: it is stored nowhere, and no text is either.
"""

import hmac
from dataclasses import replace

from services.notify.contacts import store
from services.notify.contacts.model import HOLDS, SENDINGS, SPAN, TRIES, Check, Outcome
from services.notify.delivery.model import Kind, Message
from services.notify.delivery.store import messages
from services.notify.deps import Deps
from services.notify.people import store as people
from services.notify.people.model import Person
from shared.db import Tx
from shared.errors import Conflict, Invalid, NotFound, TooMany
from shared.events.words import SYSTEM, Role, Urgency
from shared.security.visibility import Viewer, act_as

TEMPLATE = "contact-code"


async def send_code(tx: Tx, viewer: Viewer, staff_id: str, channel: str) -> None:
    """Sends a code to somebody's contact; one that was sent before is not taken any more.

    Raises `NotFound` for whoever is neither they nor an administrator, `Invalid` where there is no
    such contact, and `TooMany`.
    """
    person = await _theirs(tx, viewer, staff_id)
    destination = person.destination(channel)
    if destination is None:
        raise Invalid("channel", "is no contact that the register has")
    before = await store.hold(tx, staff_id, channel)
    message = Message(
        message_id=tx.ids.new(),
        kind=Kind.PROMPT,
        template=TEMPLATE,
        channel=channel,
        staff_id=staff_id,
        urgency=Urgency.STANDARD,
        valid_until=tx.now + HOLDS,
    )
    fresh = before is None or tx.now >= before.counted_since + SPAN
    check = Check(
        message_id=message.message_id,
        destination=destination,
        sent_at=tx.now,
        sendings=1 if before is None or fresh else before.sendings + 1,
        counted_since=tx.now if before is None or fresh else before.counted_since,
    )
    if check.sendings > SENDINGS:
        wait = int((check.counted_since + SPAN - tx.now).total_seconds()) + 1
        raise TooMany("so many codes were sent there already", wait)
    await store.save(tx, staff_id, channel, check)
    await messages.add(tx, [(message, f"contact:{message.message_id}")])


async def verify(
    tx: Tx, deps: Deps, viewer: Viewer, staff_id: str, channel: str, code: str
) -> Outcome:
    """Whether this is the code that went to the contact; if so, it is verified from now on.

    Raises `NotFound` as `send_code`, and `Conflict` when no code is taken now.
    """
    person = await _theirs(tx, viewer, staff_id)
    destination = person.destination(channel)
    check = await store.hold(tx, staff_id, channel)
    if check is None or destination is None or not check.holds(destination, tx.now):
        raise Conflict("no code is taken now: have one sent")
    tried = replace(check, tries=check.tries + 1)
    right = [hmac.compare_digest(each, code) for each in deps.codes.digits(check.message_id)]
    if any(right):
        await store.verified(tx, staff_id, channel, destination)
        tried = replace(tried, tries=TRIES)  # once
    await store.save(tx, staff_id, channel, tried)
    return Outcome(any(right), 0 if any(right) else TRIES - tried.tries)


async def _theirs(tx: Tx, viewer: Viewer, staff_id: str) -> Person:
    """Somebody, for themselves or an administrator; from here on the database lets all be done."""
    person = (await people.by_id(tx, [staff_id])).get(staff_id)
    own = viewer.staff_id == staff_id
    if person is None or not (own or viewer.has(Role.ADMINISTRATOR)):
        raise NotFound
    await act_as(tx, SYSTEM)
    return person
