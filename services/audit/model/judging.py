"""Judging one event by those around it: its links, its time, and when it came. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.audit.model.findings import Finding, Kind
from shared.events.envelope import GENESIS

TRANSACTION = timedelta(seconds=15)
"""Two transactions may read the clock in one order and get a row in the other. The server ends one
that waits so long (`deploy.topology.ROLE_SETTINGS`)."""
PROMPT = timedelta(seconds=60)
"""From the time that an event says to the broker's, or back: more has to have a reason on record.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """An event, and what else is known of its producer there.

    ``said_at``: when the act behind it was received, if this producer received it; else its
    ``time``. ``same``: digests under its number or its id, its own among them. ``before``: digests
    under the number before; ``after``: what those under the next number link to. ``older`` and
    ``newer``: the times of the events next to it in its aggregate. ``echo``: audit said it because
    of a finding. When that came is not judged: with a clock that is wrong it would be a finding,
    too, and so on for ever.
    """

    producer: str
    seq: int
    event_id: str
    prev: str
    digest: str
    time: datetime
    said_at: datetime
    appended_at: datetime | None
    same: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    older: datetime | None = None
    newer: datetime | None = None
    echo: bool = False

    @property
    def is_late(self) -> bool:
        """Whether it came so long after the time it says that the reason must be on record."""
        return self._apart > PROMPT

    @property
    def is_ahead(self) -> bool:
        """Whether it came so long before the time it says."""
        return -self._apart > PROMPT

    @property
    def _apart(self) -> timedelta:
        if self.appended_at is None or self.echo:
            return timedelta(0)
        return self.appended_at - self.said_at


def judge(event: Around) -> Iterator[Finding]:
    """What is wrong with it, but for coming late, which others must speak to (`is_excused`)."""
    if len(event.same) > 1:
        yield _at(event, Kind.FORK)
    if not _follows(event):
        yield _at(event, Kind.BROKEN)
    if event.after - event.same:
        yield Finding(Kind.BROKEN, event.producer, event.seq + 1, event.seq + 1)
    if event.older is not None and event.time < event.older - TRANSACTION:
        yield _at(event, Kind.BACKWARDS)
    if event.newer is not None and event.newer < event.time - TRANSACTION:
        yield _at(event, Kind.BACKWARDS)
    if event.is_ahead:
        yield _at(event, Kind.AHEAD)


def late(event: Around) -> Finding:
    """That it came late, and nothing excuses it."""
    return _at(event, Kind.LATE)


def is_cosigned_early(time: datetime, cosigned_at: datetime) -> bool:
    """Whether an entry says a time at which a witness had cosigned it already, by its own clock."""
    return time - cosigned_at > PROMPT


def is_excused(event: Around, in_time: datetime | None, latest_before: datetime | None) -> bool:
    """Whether an outage excuses that an event came late: nothing of its producer came meanwhile,
    and then its events in their order.

    ``in_time``: when the last event that was prompt came, of those that came before this one;
    ``latest_before``: the latest time that an event of a lower number says.
    """
    silent = in_time is None or in_time <= event.said_at + PROMPT
    in_order = latest_before is None or latest_before <= event.said_at + PROMPT
    return silent and in_order


def _follows(event: Around) -> bool:
    if event.seq == 1:
        return event.prev == GENESIS
    return not event.before or event.prev in event.before


def _at(event: Around, kind: Kind) -> Finding:
    return Finding(kind, event.producer, event.seq, event.seq, event.event_id)
