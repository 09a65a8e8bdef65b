"""Register: whether somebody is still who they were when they signed in, as notify says.

Asked anew when a hint says that their entry changed, and every few minutes; while notify does not
answer, what was known stands until the session ends. Then it is asked once a while: nobody's page
waits for it each time.
"""

from datetime import datetime, timedelta

from services.console.accounts.model import Member
from services.console.peers.client import PeerDown, PeerRefused, Peers
from services.console.sessions import handlers as sessions
from services.console.sessions.model import Session
from shared.db import Database
from shared.events.words import SYSTEM
from shared.security.tokens import Caller

QUIET = timedelta(seconds=30)
"""For so long it is not asked again after it did not answer."""
UNKNOWN = "unknown"
"""Stands where a token names an organisation, before the register has said which."""


class Register:
    """Notify's register, as far as sign-in needs it."""

    def __init__(self, peers: Peers, db: Database) -> None:
        self._peers = peers
        self._db = db
        self._silent_since: datetime | None = None

    async def member(self, staff_id: str) -> Member | None:
        """Somebody as the register has them now; none if they are not active. Raises `PeerDown`."""
        who = Caller(staff_id, UNKNOWN)
        try:
            known = await self._peers.ask(who, "en", ("notify", "GET", "/me"))
        except PeerRefused:
            return None
        return Member(
            staff_id=staff_id,
            organisation=known["organisation"],
            organisation_kind=known["organisation_kind"],
            roles=frozenset(known["roles"]),
            territories=tuple(known["territories"]),
            language=next(iter(known["languages"]), ""),
        )

    async def still(self, session: Session, now: datetime) -> Session | None:
        """The session as its person is now; none if they have left."""
        silent = self._silent_since is not None and now - self._silent_since < QUIET
        if silent or not session.doubtful(now):
            return session
        try:
            member = await self.member(session.staff_id)
        except PeerDown:
            self._silent_since = now
            return session
        async with self._db.transaction(actor=SYSTEM) as tx:
            return await sessions.recheck(tx, session, member)
