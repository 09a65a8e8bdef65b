"""What the console says: who signed in, and what they looked at. Ids and codes only.

Audit alone reads it (`shared.events.registry.READERS`).
"""

from typing import ClassVar

from shared.events.envelope import Body


class AboutStaff(Body):
    """Of one member of staff, in its order."""

    staff_id: str

    @property
    def key(self) -> str:
        """The member of staff."""
        return self.staff_id


class SessionStarted(AboutStaff):
    """Somebody signed in. ``kind``: desk, shared or officer."""

    TYPE: ClassVar[str] = "session.started"

    session_id: str
    kind: str


class SessionEnded(AboutStaff):
    """A session ended; ``reason`` is a code, ``by`` whoever ended it."""

    TYPE: ClassVar[str] = "session.ended"

    session_id: str
    reason: str
    by: str


class SessionRefused(AboutStaff):
    """Somebody gave this account's sign-in name, or this person's telephone, and not what belongs
    to it. ``reason`` is a code. Where no account has the name, nothing is said."""

    TYPE: ClassVar[str] = "session.refused"

    reason: str


class RecordViewed(AboutStaff):
    """Somebody was shown a record: ``kind`` is a code, ``record`` its opaque id.

    ``organisation`` is theirs: an offer that is shown to the organisation it asks has been told
    there. Of releases before: absent.
    """

    TYPE: ClassVar[str] = "record.viewed"

    session_id: str
    kind: str
    record: str
    organisation: str | None = None


class RecordSearched(AboutStaff):
    """Somebody looked for a record by its exact code; ``found`` is whether there was one for
    them."""

    TYPE: ClassVar[str] = "record.searched"

    session_id: str
    kind: str
    found: bool


class RecordExported(AboutStaff):
    """Somebody took a list with them: ``kind`` is a code."""

    TYPE: ClassVar[str] = "record.exported"

    session_id: str
    kind: str
    rows: int


class AccountChanged(AboutStaff):
    """Something about an account is otherwise: ``what`` is a code, ``by`` whoever did it."""

    TYPE: ClassVar[str] = "account.changed"

    what: str
    by: str


BODIES: tuple[type[Body], ...] = (
    SessionStarted,
    SessionEnded,
    SessionRefused,
    RecordViewed,
    RecordSearched,
    RecordExported,
    AccountChanged,
)
