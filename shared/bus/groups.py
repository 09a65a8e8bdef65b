"""Consumer groups: who reads which topics together, and where a group begins."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from shared.events.services import SERVICES


class Start(StrEnum):
    """Where a group begins that has no offset yet, in Kafka's own words."""

    EARLIEST = "earliest"
    """At the first record that is kept: whoever must handle every event."""
    LATEST = "latest"
    """Behind the last one: whoever only wants to hear that something changes from now on."""


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group. Each partition of ``topics`` is read by one process of the group."""

    name: str
    topics: tuple[str, ...]
    start: Start = Start.EARLIEST

    @classmethod
    def of(cls, service: str) -> Self:
        """A service's own: its processes share the work, and nothing is passed over."""
        return cls(service, SERVICES[service].consumes)
