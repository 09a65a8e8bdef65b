"""Handlers of refusals: each is counted, and said by itself as long as there are few.

They take a transaction of their own: what was asked for is refused whatever becomes of that.
"""

from dataclasses import dataclass

from services.console import publish
from services.console.accounts.handlers import spent_invitation
from services.console.refused import store
from services.console.refused.model import LINKS, MANY, READS, Link, Reason, Wanted
from services.console.sessions.model import Session
from shared.db import Database, Tx

READ = "read"
"""The reason of a refused read: a session's, where the others are a kind of links'."""
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Of:
    """Whose session it was."""

    session_id: str
    staff_id: str
    organisation: str


async def read(db: Database, session: Session, record: Wanted) -> None:
    """Somebody asked for a record that is not theirs."""
    async with db.transaction() as tx:
        if await store.count(tx, session.session_id, READ, READS):
            publish.read_refused(tx, session, record.kind, record=record.record)


async def invitation(db: Database, secret: str) -> None:
    """An invitation opened nothing."""
    async with db.transaction() as tx:
        whose, reason = await spent_invitation(tx, secret) or (None, Reason.UNKNOWN)
        await _link(tx, Link.INVITATION, reason, whose)


async def telephone(db: Database) -> None:
    """A code registered no telephone: whose it was, or whether it was one, is not kept."""
    async with db.transaction() as tx:
        await _link(tx, Link.TELEPHONE, Reason.UNKNOWN, None)


async def _link(tx: Tx, kind: Link, reason: str, whose: str | None) -> None:
    if await store.count(tx, kind, reason, LINKS):
        publish.link_refused(tx, kind, reason, whose=whose)


async def say(tx: Tx) -> bool:
    """Says those that came too fast, together; whether there may be more."""
    found = await store.unsaid(tx, AT_ONCE)
    for each in found:
        if each.reason != READ:
            publish.link_refused(tx, each.scope, each.reason, times=each.times)
        elif each.staff_id is not None and each.organisation is not None:
            who = Of(each.scope, each.staff_id, each.organisation)
            publish.read_refused(tx, who, MANY, times=each.times)
    return len(found) == AT_ONCE
