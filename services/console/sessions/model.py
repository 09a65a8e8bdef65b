"""The model of sessions: how long one lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.events.words import POLICE, Role


class SessionKind(StrEnum):
    """Where somebody sits; how long they may hangs on it."""

    DESK = "desk"
    SHARED = "shared"
    """A machine that others use too."""
    OFFICER = "officer"
    """A telephone that is registered to one person."""

    @property
    def idle(self) -> timedelta:
        """How long it lasts without anything done in it."""
        return _IDLE[self]

    @property
    def whole(self) -> timedelta:
        """How long it lasts at most."""
        return _WHOLE[self]

    def allows(self, roles: frozenset[str], organisation_kind: str) -> bool:
        """Whether somebody with these roles, of an organisation of this kind, may sit there: six
        digits open a telephone, and only what an officer of the police sees is shown for that."""
        if self is not SessionKind.OFFICER:
            return True
        return organisation_kind == POLICE and Role.WORKER in roles and roles <= _OFFICERS


_IDLE = {
    SessionKind.DESK: timedelta(minutes=15),
    SessionKind.SHARED: timedelta(minutes=5),
    SessionKind.OFFICER: timedelta(minutes=15),
}
_WHOLE = {
    SessionKind.DESK: timedelta(hours=12),
    SessionKind.SHARED: timedelta(hours=12),
    SessionKind.OFFICER: timedelta(hours=2),
}
_OFFICERS = frozenset({Role.WORKER, Role.REPORTER})
"""Who takes cases may report as well; every other role opens more."""
TOUCHED = timedelta(seconds=20)
"""What is done in a session is written down once in so long: a page is many requests."""
BELIEVED = timedelta(minutes=5)
"""After so long the register is asked again whether somebody still serves, and as what."""


class Ending(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed-out"
    """By themselves, here or from another session, or by an administrator: see by whom."""
    IDLE = "idle"
    OVER = "over"
    INACTIVE = "inactive"
    """The register has them no more, or as nobody who serves."""
    RESET = "reset"
    MORE = "more-rights"
    """They may do more now than when they signed in: they sign in anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session. ``session_id`` is a handle to show and to end it by, and opens nothing."""

    session_id: str
    staff_id: str
    organisation: str
    roles: frozenset[str]
    territories: tuple[str, ...]
    language: str
    kind: SessionKind
    csrf: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    checked_at: datetime
    """When the register was last asked."""

    @property
    def idle_until(self) -> datetime:
        """When it ends if nothing more is done in it."""
        return min(self.seen_at + self.kind.idle, self.ends_at)

    def ending(self, now: datetime) -> Ending | None:
        """Why it is over at ``now``, if it is."""
        if now >= self.ends_at:
            return Ending.OVER
        return Ending.IDLE if now >= self.idle_until else None

    def doubtful(self, now: datetime) -> bool:
        """Whether the register must be asked before anything more is done."""
        return now - self.checked_at >= BELIEVED
