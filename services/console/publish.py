"""Events of the console. Their acts are people's, by the console."""

from typing import Protocol

from services.console.sessions.model import Session
from shared.db import Tx
from shared.events import Act
from shared.events.console import (
    AccountChanged,
    LinkRefused,
    ReadRefused,
    RecordExported,
    RecordSearched,
    RecordViewed,
    SessionEnded,
    SessionRefused,
    SessionStarted,
)
from shared.events.words import Channel

_FIRST, _LAST = 1, 2
"""Versions of what happens once: a session begins and ends, a record is looked at."""


class Reader(Protocol):
    """As much of a session as says who reads in it."""

    @property
    def session_id(self) -> str: ...
    @property
    def staff_id(self) -> str: ...
    @property
    def organisation(self) -> str: ...


def session_started(tx: Tx, session: Session) -> None:
    """Emits that somebody signed in."""
    body = SessionStarted(
        staff_id=session.staff_id,
        session_id=session.session_id,
        kind=session.kind,
        organisation=session.organisation,
    )
    tx.emit(body, subject=session.session_id, version=_FIRST, act=_act(tx, session.staff_id))


def session_ended(tx: Tx, session_id: str, staff_id: str, reason: str, by: str) -> None:
    """Emits that a session ended."""
    body = SessionEnded(staff_id=staff_id, session_id=session_id, reason=reason, by=by)
    tx.emit(body, subject=session_id, version=_LAST, act=_act(tx, by))


def session_refused(tx: Tx, staff_id: str, reason: str) -> None:
    """Emits that somebody was not let in to an account. Nobody knows who it was."""
    body = SessionRefused(staff_id=staff_id, reason=reason)
    tx.emit(body, subject=tx.ids.new(), version=_FIRST)


def record_viewed(tx: Tx, session: Session, kind: str, record: str) -> None:
    """Emits that somebody is shown a record: before it is shown."""
    body = RecordViewed(
        staff_id=session.staff_id,
        session_id=session.session_id,
        kind=kind,
        record=record,
        organisation=session.organisation,
    )
    _seen(tx, body)


def record_searched(tx: Tx, session: Session, kind: str, *, found: bool) -> None:
    """Emits that somebody looked for a record."""
    body = RecordSearched(
        staff_id=session.staff_id,
        session_id=session.session_id,
        kind=kind,
        found=found,
        organisation=session.organisation,
    )
    _seen(tx, body)


def record_exported(tx: Tx, session: Session, kind: str, *, rows: int) -> None:
    """Emits that somebody takes a list with them: before it is handed out."""
    body = RecordExported(
        staff_id=session.staff_id,
        session_id=session.session_id,
        kind=kind,
        rows=rows,
        organisation=session.organisation,
    )
    _seen(tx, body)


def read_refused(
    tx: Tx, who: Reader, kind: str, *, record: str | None = None, times: int = 1
) -> None:
    """Emits that somebody asked for what is not theirs."""
    body = ReadRefused(
        staff_id=who.staff_id,
        session_id=who.session_id,
        kind=kind,
        record=record,
        times=times,
        organisation=who.organisation,
    )
    _seen(tx, body)


def link_refused(
    tx: Tx, kind: str, reason: str, *, whose: str | None = None, times: int = 1
) -> None:
    """Emits that a link or a code opened nothing. Nobody knows who tried it."""
    body = LinkRefused(kind=kind, reason=reason, times=times, staff_id=whose)
    tx.emit(body, subject=tx.ids.new(), version=_FIRST)


def account_changed(tx: Tx, staff_id: str, what: str, by: str) -> None:
    """Emits that something about an account is otherwise."""
    body = AccountChanged(staff_id=staff_id, what=what, by=by)
    tx.emit(body, subject=tx.ids.new(), version=_FIRST, act=_act(tx, by))


def _seen(tx: Tx, body: RecordViewed | RecordSearched | RecordExported | ReadRefused) -> None:
    tx.emit(body, subject=tx.ids.new(), version=_FIRST, act=_act(tx, body.staff_id))


def _act(tx: Tx, actor: str) -> Act:
    return Act(received_at=tx.now, actor=actor, channel=Channel.CONSOLE)
