"""Services: the topic each publishes on, the topics it reads, the port of its API.

A service is not its topic: one may only read, and has none of its own. A new service is a row here,
a package ``services/<name>``, and the rows of its events in `shared.events.registry`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    ``port``: where its API listens on a machine of its own. ``topic``: where it alone publishes;
    none for a service that only reads. ``consumes``: the topics it reads, in a consumer group of
    its own name; what it may open in them says `shared.events.registry.READERS`. ``hears``: of
    every event on any topic it sees the open attributes, in no group (`shared.bus.hints`).
    ``keeps``: it takes every event of each topic, opened or not, as its producer proves to it
    alone (`shared.bus.wire.encode`).
    """

    port: int
    topic: str | None = None
    consumes: tuple[str, ...] = ()
    hears: bool = False
    keeps: bool = False

    @property
    def health_port(self) -> int:
        """Where its worker tells its health."""
        return self.port + 10


SERVICES: dict[str, Service] = {
    "intake": Service(8101, "tirek.intake", consumes=("tirek.referral", "tirek.notify")),
    "referral": Service(8102, "tirek.referral", consumes=("tirek.intake", "tirek.notify")),
    "notify": Service(
        8103, "tirek.notify", consumes=("tirek.referral", "tirek.committee", "tirek.audit")
    ),
    # it opens nothing: that something changed it hears from open attributes, in each process anew
    "console": Service(8104, "tirek.console", hears=True),
    "committee": Service(
        8105, "tirek.committee", consumes=("tirek.intake", "tirek.referral", "tirek.notify")
    ),
    # what it says itself is kept like all the rest
    "audit": Service(
        8106,
        "tirek.audit",
        consumes=(
            "tirek.intake",
            "tirek.referral",
            "tirek.notify",
            "tirek.console",
            "tirek.committee",
            "tirek.audit",
        ),
        keeps=True,
    ),
}
"""Every service by its name: its package, its schema, its role, the ``source`` of its events."""

KEEPER = next(name for name, each in SERVICES.items() if each.keeps)


def asked_by(reader: str) -> tuple[str, ...]:
    """The services whose topics a reader reads, and whom it asks what they said."""
    topics = SERVICES[reader].consumes
    return tuple(name for name, each in SERVICES.items() if each.topic in topics)
