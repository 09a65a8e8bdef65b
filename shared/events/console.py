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
    """Somebody signed in. ``kind``: desk, shared or officer. ``organisation`` is theirs, here and
    below; of releases before: absent."""

    TYPE: ClassVar[str] = "session.started"

    session_id: str
    kind: str
    organisation: str | None = None


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
    organisation: str | None = None


class RecordExported(AboutStaff):
    """Somebody took a list with them: ``kind`` is a code."""

    TYPE: ClassVar[str] = "record.exported"

    session_id: str
    kind: str
    rows: int
    organisation: str | None = None


class ReadRefused(AboutStaff):
    """Somebody who has signed in asked for a record that is not theirs, or is not there: nobody
    learns which. ``record`` is absent where what they asked for could be no id, and of those,
    ``times`` of them, that came too fast to be said one by one."""

    TYPE: ClassVar[str] = "read.refused"

    session_id: str
    kind: str
    record: str | None = None
    times: int = 1
    organisation: str | None = None


class LinkRefused(Body):
    """A link or a code that opens something once opened nothing, ``times`` times within a minute.

    ``kind`` says which, and ``reason`` why not; both are codes. ``staff_id`` is whose it was, where
    that is known; who tried it is not.
    """

    TYPE: ClassVar[str] = "link.refused"

    kind: str
    reason: str
    times: int = 1
    staff_id: str | None = None

    @property
    def key(self) -> str:
        """Whose it was; else what it was."""
        return self.staff_id or self.kind


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
    ReadRefused,
    LinkRefused,
    AccountChanged,
)
