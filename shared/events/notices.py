"""Notices: any service may have staff told something. Why is its own business, how is notify's."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from shared.events.envelope import Body
from shared.events.words import Urgency

CHECKPOINT = r"^\S+\n[0-9]+\n[A-Za-z0-9+/]{43}=\n\n(— \S+ [A-Za-z0-9+/=]+\n)+$"
"""A signed note of C2SP tlog-checkpoint, and nothing else: there is no room for a word."""


class NoticeRequested(Body):
    """Tell staff something. ``incident_id`` is absent where it is about no incident.

    Either ``staff_id`` or ``role`` (with ``territory``, a SOATE code, or ``organisation``).
    ``dedup_key`` makes a repeated asking one message. ``territory`` says whose coordinators,
    and no text shows it.
    """

    TYPE: ClassVar[str] = "notice.requested"

    incident_id: str | None = None
    notice_id: str
    template: str
    urgency: Urgency
    staff_id: str | None = None
    role: str | None = None
    organisation: str | None = None
    territory: str | None = None
    due: datetime
    dedup_key: str
    excluded_people: str | None = None
    checkpoint: Annotated[str, Field(pattern=CHECKPOINT, max_length=65_536)] | None = None
    """Of the ledger, with its signatures: told as it is, by e-mail alone."""
    public_id: str | None = None
    """How people call what it is about: in its text, and to look it up by."""

    @property
    def key(self) -> str:
        """The incident where there is one, else the notice."""
        return self.incident_id or self.notice_id


BODIES: tuple[type[Body], ...] = (NoticeRequested,)
