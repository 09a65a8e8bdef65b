"""Services on the bus: the topic each writes to, and the topics it reads.

A service is not its topic: one may only read, and has none of its own.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """One service. ``topic``: where it alone publishes; none for a service that only reads.

    ``consumes``: the topics it reads, in a consumer group of its own name. What it may open in
    them says the table of readers (`shared.events.registry.READERS`).
    """

    topic: str | None = None
    consumes: tuple[str, ...] = ()


SERVICES: dict[str, Service] = {
    "intake": Service("tirek.intake", consumes=("tirek.referral",)),
    "referral": Service("tirek.referral", consumes=("tirek.intake", "tirek.notify")),
    "notify": Service("tirek.notify", consumes=("tirek.referral",)),
}
"""Every service by its name: its package, its schema, its role, the ``source`` of its events."""
