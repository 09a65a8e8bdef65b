"""Reading: what is kept of an event of who looked at what. Ids and codes, and no person's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.events import Body, Event
from shared.events.console import (
    LinkRefused,
    ReadRefused,
    RecordExported,
    RecordSearched,
    RecordViewed,
    SessionRefused,
    SessionStarted,
)


class What(StrEnum):
    """What somebody did, or tried."""

    VIEWED = "viewed"
    SEARCHED = "searched"
    EXPORTED = "exported"
    READ_REFUSED = "read-refused"
    """A record that is not theirs, or is not there: the console told nobody which."""
    LINK_REFUSED = "link-refused"
    """A link, or a code, that opens something once, and opened nothing."""
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One of them. ``kind`` is of the record, the list, the link or the session; ``times`` how many
    it stands for, of what was taken along how many rows; ``staff_id`` of a refused link or sign-in
    whose that is: who tried is not known."""

    event_id: str
    at: datetime
    what: What
    kind: str = ""
    record: str | None = None
    staff_id: str | None = None
    organisation: str | None = None
    session_id: str | None = None
    found: bool | None = None
    times: int = 1
    reason: str | None = None


def read(event: Event[Any]) -> Seen:
    """What is kept of an event of `READ`."""
    body = event.body
    what, count, found = _WORDS[type(body)](body)
    return Seen(
        event_id=event.id,
        at=event.act.received_at if event.act else event.time,
        what=what,
        kind=getattr(body, "kind", ""),
        record=getattr(body, "record", None),
        staff_id=body.staff_id,
        organisation=getattr(body, "organisation", None),
        session_id=getattr(body, "session_id", None),
        found=found,
        times=count,
        reason=getattr(body, "reason", None),
    )


_Read = tuple[What, int, bool | None]
_WORDS: Mapping[type[Body], Callable[[Any], _Read]] = {
    RecordViewed: lambda _: (What.VIEWED, 1, None),
    RecordSearched: lambda body: (What.SEARCHED, 1, body.found),
    RecordExported: lambda body: (What.EXPORTED, body.rows, None),
    ReadRefused: lambda body: (What.READ_REFUSED, body.times, None),
    LinkRefused: lambda body: (What.LINK_REFUSED, body.times, None),
    SessionRefused: lambda _: (What.SIGN_IN_REFUSED, 1, None),
    SessionStarted: lambda _: (What.SIGNED_IN, 1, None),
}
READ = tuple(_WORDS)
"""The types of events of who looked at what."""
