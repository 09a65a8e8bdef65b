"""Handlers of sessions: they begin, are found again by a cookie's secret, and end."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from secrets import token_urlsafe

from services.console import publish
from services.console.accounts.model import Member
from services.console.deps import Deps
from services.console.sessions import store
from services.console.sessions.model import TOUCHED, Ending, Session, SessionKind
from shared.db import Tx
from shared.errors import Conflict
from shared.events.words import SYSTEM

NOT_THESE = "a PIN is for officers of the police who take cases, and do nothing else here"
_BYTES = 32
AT_ONCE = 200
"""Sessions that are ended in one transaction."""


async def start(
    tx: Tx, deps: Deps, who: Member, kind: SessionKind, language: str
) -> tuple[Session, str]:
    """A session for ``who``, and the secret of its cookie: 256 bits, known to nobody else.

    Raises `Conflict` on a telephone for whoever may have none.
    """
    if not kind.allows(who.roles, who.organisation_kind):
        raise Conflict(NOT_THESE)
    spoken = deps.jurisdiction.wording.languages
    session = Session(
        session_id=tx.ids.new(),
        staff_id=who.staff_id,
        organisation=who.organisation,
        roles=who.roles,
        territories=who.territories,
        language=language if language in spoken else who.language,
        kind=kind,
        csrf=token_urlsafe(_BYTES),
        started_at=tx.now,
        seen_at=tx.now,
        ends_at=tx.now + kind.whole,
        checked_at=tx.now,
    )
    secret = token_urlsafe(_BYTES)
    await store.start(tx, session, _hash(secret))
    publish.session_started(tx, session)
    return session, secret


async def resume(tx: Tx, secret: str, *, touch: bool = True) -> Session | None:
    """The session that a cookie's secret opens; None for one that is unknown, or over.

    That something is done in it is written down, at most once in `TOUCHED`. Without ``touch`` it is
    not: a page that asks by itself keeps no session alive.
    """
    session = await store.by_secret(tx, _hash(secret))
    if session is None or session.ending(tx.now):
        return None
    if not touch or tx.now - session.seen_at < TOUCHED:
        return session
    seen = replace(session, seen_at=tx.now)
    await store.touch(tx, seen)
    return seen


async def recheck(tx: Tx, session: Session, who: Member | None) -> Session | None:
    """The session as the register has its person now; ended for somebody who serves no more, or may
    be signed in there no more. Who may do more than before signs in anew: a secret that was worth
    less before is never worth more."""
    if who is None or not session.kind.allows(who.roles, who.organisation_kind):
        await _end(tx, session.session_id, by=SYSTEM, ending=Ending.INACTIVE)
        return None
    if not who.roles <= session.roles:
        await _end(tx, session.session_id, by=SYSTEM, ending=Ending.MORE)
        return None
    known = replace(
        session,
        organisation=who.organisation,
        roles=who.roles,
        territories=who.territories,
        checked_at=tx.now,
    )
    await store.know(tx, known)
    return known


async def doubt(tx: Tx, staff_id: str) -> None:
    """Somebody's entry may have changed: the register is asked before anything more is done."""
    await store.doubt(tx, staff_id)


async def end(tx: Tx, session_id: str, *, by: str) -> None:
    """Ends one session; nothing if it had ended. ``by``: a staff id."""
    await _end(tx, session_id, by=by, ending=Ending.SIGNED_OUT)


async def end_all(
    tx: Tx, staff_id: str, *, but: str | None, by: str, ending: Ending = Ending.SIGNED_OUT
) -> int:
    """Ends all of somebody's sessions, ``but`` one; how many."""
    ended = await store.end_all(tx, staff_id, but, by, ending)
    for session_id in ended:
        publish.session_ended(tx, session_id, staff_id, ending, by)
    return len(ended)


async def end_everybodys(tx: Tx, *, by: str) -> int:
    """Ends every session of all: how many. After a restore what had been ended would open again."""
    ended = await store.end_everybodys(tx, by, Ending.SIGNED_OUT)
    for session_id, staff_id in ended:
        publish.session_ended(tx, session_id, staff_id, Ending.SIGNED_OUT, by)
    return len(ended)


async def of_staff(tx: Tx, staff_id: str) -> list[Session]:
    """Somebody's sessions that are not over, the oldest first."""
    found = await store.of_staff(tx, staff_id)
    return [session for session in found if not session.ending(tx.now)]


async def standing(tx: Tx, session_ids: Sequence[str]) -> set[str]:
    """Which of these sessions are not over."""
    return await store.standing(tx, session_ids)


async def end_past(tx: Tx) -> bool:
    """Ends sessions that time has ended, so that it is said; whether there may be more."""
    found = await store.past(tx, AT_ONCE)
    for session in found:
        ending = session.ending(tx.now) or Ending.IDLE
        await _end(tx, session.session_id, by=SYSTEM, ending=ending)
    return len(found) == AT_ONCE


async def _end(tx: Tx, session_id: str, *, by: str, ending: Ending) -> None:
    staff_id = await store.end(tx, session_id, by, ending)
    if staff_id is not None:
        publish.session_ended(tx, session_id, staff_id, ending, by)


def _hash(secret: str) -> bytes:
    """Random bits need no slow hash."""
    return sha256(secret.encode()).digest()
