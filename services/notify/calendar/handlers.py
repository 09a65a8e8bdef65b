"""Handlers of calendars: an address is made, revoked, and read by whoever has it.

The address is a secret of 256 bits. It is shown once and stored as a hash: no key is needed to hash
what cannot be guessed.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

from services.notify.calendar import store
from services.notify.calendar.icalendar import Entry, Outlook, written
from services.notify.calendar.store import Feed
from services.notify.deps import Deps
from services.notify.people import store as people
from services.notify.people.model import Person
from services.notify.rosters import store as rosters
from services.notify.rosters.shifts import shifts
from shared.db import Tx
from shared.errors import NotFound, TooMany

AHEAD = timedelta(days=60)
MOST, SPAN = 60, timedelta(hours=1)
"""How often a calendar is read in a time: telephones ask once an hour or less."""
BYTES = 32
TITLE = "Duty"
"""Of every entry, in the person's language: see the wording."""


async def make(tx: Tx, staff_id: str) -> tuple[Feed, str]:
    """A new address, and its secret; the one before holds no more."""
    secret = secrets.token_urlsafe(BYTES)
    return await store.make(tx, staff_id, _hash(secret)), secret


async def read(tx: Tx, deps: Deps, secret: str) -> str:
    """The calendar at an address, as iCalendar.

    Raises `NotFound` for what was never an address or is none any more, and for somebody who left;
    `TooMany` for one that is read too often.
    """
    reading = await store.read(tx, _hash(secret), SPAN)
    if reading is None:
        raise NotFound
    person = (await people.by_id(tx, [reading.staff_id])).get(reading.staff_id)
    if person is None or not person.active:
        raise NotFound
    if reading.times > MOST:
        wait = int((reading.since + SPAN - tx.now).total_seconds()) + 1
        raise TooMany("this calendar was read too often", wait)
    outlook = Outlook(
        title=deps.jurisdiction.wording.say(TITLE, person.language),
        starts=tx.now,
        ends=tx.now + AHEAD,
        entries=await _entries(tx, deps, reading.feed_id, person),
    )
    return written(outlook, reading.feed_id)


async def _entries(tx: Tx, deps: Deps, feed_id: str, person: Person) -> tuple[Entry, ...]:
    if not person.serves:
        return ()
    plan = await rosters.plan_of(tx, person.staff_id, tx.now, tx.now + AHEAD)
    found = shifts(plan, tx.now, tx.now + AHEAD, deps.days, only=person.staff_id)
    return tuple(
        Entry(_uid(feed_id, each.roster.roster_id, each.starts), each.starts, each.ends)
        for each in found
        if each.people
    )


def _uid(feed_id: str, roster_id: str, starts: datetime) -> str:
    """Tells nobody else which roster it is: the feed's id is not theirs to know."""
    return str(uuid5(UUID(feed_id), f"{roster_id} {starts.isoformat()}"))


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
