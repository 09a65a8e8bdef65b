"""Consumer groups: who reads which topics together."""

from dataclasses import dataclass
from typing import Self

from shared.events.services import SERVICES


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group. Each partition of ``topics`` is read by one process of the group."""

    name: str
    topics: tuple[str, ...]

    @classmethod
    def of(cls, service: str) -> Self:
        """A service's own: its processes share the work, and nothing is passed over."""
        return cls(service, SERVICES[service].consumes)
