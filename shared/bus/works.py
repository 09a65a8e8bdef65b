"""Works of the bus that every worker runs: consumer, redrive, relay and sweep."""

from collections.abc import Mapping
from functools import partial

from shared.bus.access import Access
from shared.bus.asking import Asking
from shared.bus.consume import Consume
from shared.bus.groups import Group
from shared.bus.handling import Handler
from shared.bus.redrive import Redrive
from shared.bus.relay import Relay
from shared.bus.retention import sweeping
from shared.bus.subscriber import run_consumer
from shared.db import Database
from shared.events import Body
from shared.events.services import SERVICES
from shared.runtime.health import Health
from shared.runtime.worker import Work
from shared.security.sealing import Sealer
from shared.settings import Settings


def bus_works(
    settings: Settings,
    db: Database,
    sealer: Sealer,
    health: Health,
    handlers: Mapping[type[Body], Handler],
) -> dict[str, Work]:
    """By name. A service that reads nothing has no consumer, and one that publishes nothing no
    relay."""
    service, kafka = SERVICES[settings.SERVICE], Access.of(settings)
    works: dict[str, Work] = {"sweep": sweeping(db)}
    if service.consumes:
        consume = Consume(db, sealer, handlers, health, parked_limit=settings.parked_limit)
        group = Group.of(settings.SERVICE)
        works["consumer"] = partial(run_consumer, group, kafka, consume, health)
        works["redrive"] = Redrive(db, consume, health).run
        works["asking"] = Asking(db, settings, health).run
    if service.topic is not None:
        works["relay"] = Relay(db, sealer, kafka, health).run
    return works
