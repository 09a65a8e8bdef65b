"""The one table of topics. The embedded stack, compose and tests provision from it."""

from dataclasses import dataclass
from datetime import timedelta

from shared.events.services import SERVICES

MOST = 1024 * 1024
"""Octets of a batch on the bus."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; one service publishes on it."""

    name: str
    partitions: int = 6
    retention: timedelta = timedelta(days=7)
    max_message_bytes: int = MOST

    def config(self) -> dict[str, str]:
        """Kafka's own settings. LogAppendTime: the broker's clock, not the sender's claim.

        Compression is the producer's matter, so that a broker unpacks nothing in its memory: told
        to store all uncompressed, it dies of 600 KB that become 600 MB. Ours compress nothing, as
        sealed bytes do not shrink, and a reader unpacks nothing (`shared.bus.raw_batches`).
        """
        return {
            "retention.ms": str(int(self.retention.total_seconds() * 1000)),
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(self.max_message_bytes),
            "cleanup.policy": "delete",
            "compression.type": "producer",
        }


TOPICS: dict[str, Topic] = {
    name: Topic(service.topic) for name, service in SERVICES.items() if service.topic is not None
}
"""Every topic, by the service that publishes on it."""
