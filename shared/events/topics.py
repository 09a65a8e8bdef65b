"""The one table of topics. The embedded stack, compose and tests provision from it."""

from dataclasses import dataclass
from datetime import timedelta

from shared.events.services import SERVICES


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; one service publishes on it."""

    name: str
    partitions: int = 6
    retention: timedelta = timedelta(days=7)
    max_message_bytes: int = 1024 * 1024

    def config(self) -> dict[str, str]:
        """Kafka's own settings. LogAppendTime: the broker's clock, not the sender's claim.

        Uncompressed: sealed bytes do not shrink, and a reader lacks most codecs.
        """
        return {
            "retention.ms": str(int(self.retention.total_seconds() * 1000)),
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(self.max_message_bytes),
            "cleanup.policy": "delete",
            "compression.type": "uncompressed",
        }


TOPICS: dict[str, Topic] = {
    name: Topic(service.topic) for name, service in SERVICES.items() if service.topic is not None
}
"""Every topic, by the service that publishes on it."""
