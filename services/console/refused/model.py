"""The model of refusals: which kinds there are, what of them may be said, and how often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

WITHIN = timedelta(minutes=1)
READS, LINKS = 10, 1
"""Of one session, and of one kind of links and one reason, so many are said one by one within
`WITHIN`; the others together. Whoever tries a million fills no outbox, and is counted."""
FIELDS: Mapping[str, str] = {
    "offer_id": "offer",
    "request_id": "service-request",
    "incident_id": "incident",
    "draft_id": "draft",
    "staff_id": "person",
    "appeal_id": "appeal",
    "committee_id": "committee",
    "member_id": "member",
}
"""Which field of an address is the id of a record, and of what kind; the first one counts."""
MANY = "many"
"""The kind of those that came too fast."""
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|st-[a-z0-9]{8}")
"""An id that Tirek makes. Whatever else stands in an address may be somebody's words."""


class Link(StrEnum):
    """What opens something once."""

    INVITATION = "invitation"
    TELEPHONE = "telephone"
    """A code that registers a telephone."""


class Reason(StrEnum):
    """Why it opened nothing."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used-up"
    WITHDRAWN = "withdrawn"
    """A newer one took its place, or all were taken back."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record that somebody asked for; ``record`` is none where it could be no id."""

    kind: str
    record: str | None


def wanted(fields: Mapping[str, str]) -> Wanted | None:
    """The record that an address names by its fields; none where it names none."""
    for name, kind in FIELDS.items():
        if name in fields:
            return Wanted(kind, fields[name] if ID.fullmatch(fields[name]) else None)
    return None
