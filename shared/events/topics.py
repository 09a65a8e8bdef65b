"""The one table of topics. The embedded stack, compose and tests provision from it."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its producer is the service it is named after."""

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
    service: Topic(f"tirek.{service}") for service in ("intake", "referral", "notify")
}

CONSUMES: dict[str, tuple[str, ...]] = {
    "intake": ("tirek.referral",),
    "referral": ("tirek.intake", "tirek.notify"),
    "notify": ("tirek.referral",),
}
"""Which topics a service listens to. Its consumer group carries its own name."""
