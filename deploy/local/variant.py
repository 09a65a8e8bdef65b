"""What tests change of an embedded stack. The default is the stack that people use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.local.kafka import Tls
from deploy.local.processes import Backoff
from deploy.local.servers import Servers
from deploy.topology import PROCESSES

LINKED = ("kafka", "postgres", "smpp")
"""Ports that a process may reach through a link."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Differences from the usual stack.

    ``links`` are ``process:port``, for instance ``referral.work:kafka``: that process is told
    another port, at which somebody must listen and pass on (`Route`). Raises `ValueError`.
    """

    brokers: int = 1
    """Each record on all of them, on three at most; written when all but one have it."""
    links: tuple[str, ...] = ()
    extra: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Environment by process, beside and before that of the topology."""
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A command by part that runs the part's own: ``setpriv ...``."""
    backoff: Backoff = field(default_factory=Backoff)
    done: tuple[str, ...] = ()
    """Steps of the topology, ``intake.migrate``, that the state folder has behind it already."""
    tls: Tls | None = None
    """What brokers serve by; none: in the clear."""
    servers: Servers | None = None
    """Whose Kafka and PostgreSQL; none: our own."""

    def __post_init__(self) -> None:
        """Refuses what the stack could not be told."""
        for link in self.links:
            process, _, port = link.partition(":")
            if process not in PROCESSES or port not in LINKED:
                raise ValueError(f"no link {link}: a process of the topology and one of {LINKED}")

    @property
    def replication(self) -> int:
        """Copies of every record."""
        return min(self.brokers, 3)
