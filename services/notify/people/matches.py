"""Matches: who reports is asked back whom of the register they mean. Recorded, and rationed.

What they answer binds nobody: the tags of a report are made of what was said, whoever is chosen.
"""

from datetime import timedelta

from services.notify.people import store
from services.notify.people.model import Person
from services.notify.people.near import nearest
from shared.db import Tx
from shared.errors import TooMany

PER_HOUR = 20
HOUR = timedelta(hours=1)


async def record(tx: Tx, asked_by: str, *, organisation: str | None, area: str | None) -> None:
    """Writes down that somebody looks for a name, before they are told any.

    Raises `TooMany` after `PER_HOUR` in an hour.
    """
    times, first = await store.asked(tx, asked_by, tx.now - HOUR)
    if times >= PER_HOUR and first is not None:
        wait = int((first + HOUR - tx.now).total_seconds()) + 1
        raise TooMany(f"names were looked for {PER_HOUR} times in an hour", wait)
    await store.record_lookup(tx, asked_by, organisation, area)


async def find(tx: Tx, name: str, *, organisation: str | None, area: str | None) -> list[Person]:
    """Active staff of an organisation, or of an area, who may be meant by ``name``, nearest first.

    The transaction sees everybody: whoever asks may not.
    """
    if organisation is not None:
        members = (await store.of_organisations(tx, [organisation]))[organisation]
        return nearest(name, [each for each in members if each.active])
    return nearest(name, await store.in_area(tx, area or ""))
