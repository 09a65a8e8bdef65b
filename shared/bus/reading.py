"""Reading: which records are for this service, and which of them their topic's service has said.

Whoever can write to a topic can write anything. What is no event, is sealed by somebody else, or
names a key that nobody has announced says nothing about a case, whatever key it lies under: it is
`Unproven`, and what is made of it concerns nobody else. What opens with its producer's key was said
by that service, and is handled in its order or holds up its case (docs/decisions/0031).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from shared import metrics
from shared.bus import parked, wire
from shared.errors import Forged, RetryLater, UnknownEventType, Unprocessable
from shared.events import Closed, Event
from shared.events.topics import MOST
from shared.security.sealing import Sealer

HEADERS, OUTSIDE, INSIDE = 64, 16 * 1024, MOST
"""The most headers that an event may have, and octets, of key and headers and of its document."""


class Unproven(Forged):
    """Nothing proves that the record's service said it."""


class KeyToCome(Unproven):
    """It names a sealing key that may be on its way to this machine."""


def count_forged(why: Unprocessable) -> None:
    """Counts what another service or nobody has said; what waits for its key is none yet."""
    if isinstance(why, Forged) and not isinstance(why, KeyToCome):
        metrics.FORGED.inc()


class TooLarge(Unproven):
    """Larger than any event: not even looked into."""


class Sent(Protocol):
    """A record: as aiokafka gives it, or as it is parked."""

    @property
    def topic(self) -> str:
        """Where it lies."""
        ...

    @property
    def key(self) -> bytes | None:
        """Its key."""
        ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]:
        """Its headers."""
        ...

    @property
    def value(self) -> bytes | None:
        """The sealed document."""
        ...


R = TypeVar("R", bound=Sent)


class Reading:
    """Reads for one service, which handles events of these ``types``.

    One that ``keeps`` takes every event that its producer vouches for to it, and opens these. What
    nobody vouches for is passed over: a release before this one said it, or nobody. The reader asks
    for it (`shared.bus.asking`), and then it comes with a proof.
    """

    def __init__(self, sealer: Sealer, types: Collection[str], *, keeps: bool = False) -> None:
        self._sealer = sealer
        self._types = frozenset(types)
        self._keeps = keeps

    def batch(
        self, records: Iterable[R]
    ) -> tuple[list[tuple[Event[Any], R]], list[tuple[R, Unproven]]]:
        """The events that are ours, and what nothing proves, each with its record.

        Raises as `event` does, but for `Unproven`. What follows one that waits for its key may have
        to wait with it.
        """
        ours: list[tuple[Event[Any], R]] = []
        apart: list[tuple[R, Unproven]] = []
        for record in records:
            try:
                event = self.event(record)
            except KeyToCome:
                raise
            except Unproven as problem:
                apart.append((record, problem))
            else:
                if event is not None:
                    ours.append((event, record))
        return ours, apart

    def event(self, record: Sent) -> Event[Any] | None:
        """What was said; none if it is for other readers.

        Raises `Unproven` and `KeyToCome`; of what is proven, `UnknownEventType` if this release
        does not handle it, and `Unprocessable` if its document does not fit.
        """
        value, headers = record.value or b"", record.headers
        _must_be_bounded(record.key or b"", value, headers)
        try:
            envelope = wire.decode_envelope(record.topic, record.key, headers)
            handled = envelope.type in self._types
            digest = wire.kept(envelope, headers, self._sealer) if self._keeps else None
            if digest is not None and not handled:
                return Event(envelope, Closed(), None, digest, parked.appended_at(record))
            if digest is None and (self._keeps or not (handled or self._sealer.is_for_us(value))):
                metrics.CONSUMED.labels("other", "skipped").inc()
                return None
            plain = wire.opened(envelope, value, headers, self._sealer)
        except Unprocessable as problem:
            raise Unproven(problem.reason) from problem
        except RetryLater as problem:
            raise KeyToCome(f"waits for a {problem.name}") from problem
        if not handled:
            raise UnknownEventType(envelope.type)
        event = wire.parsed(envelope, plain)
        if digest is None:
            return event
        return replace(event, digest=digest, appended_at=parked.appended_at(record))


def _must_be_bounded(key: bytes, value: bytes, headers: Sequence[tuple[str, bytes | None]]) -> None:
    outside = len(key) + sum(len(name) + len(text or b"") for name, text in headers)
    if len(headers) > HEADERS or outside > OUTSIDE or len(value) > INSIDE:
        raise TooLarge(
            f"larger than any event: {len(headers)} headers, {outside} + {len(value)} octets"
        )
