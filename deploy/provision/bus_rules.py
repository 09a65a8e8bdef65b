"""Access control list of the bus: who may do what to which topic and group, from the one table.

A service writes on its own topic, and reads the topics that its row names in a group of its own
name. One that only hears of events reads every topic and joins no group. Nobody else may anything:
the broker refuses what no rule allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from shared.bus.groups import Group
from shared.events.services import SERVICES
from shared.events.topics import TOPICS

ADMINISTRATOR, BROKERS = "administrator", "kafka"
"""Who makes topics and rules and may do all, and as whom brokers meet each other."""
USERS = (*SERVICES, ADMINISTRATOR, BROKERS)
"""Whoever the bus lets in, a service under its own name."""


class Resource(IntEnum):
    """Kafka's numbers of what a rule is about."""

    TOPIC = 2
    GROUP = 3


class Operation(IntEnum):
    """Kafka's numbers of what may be done. Whoever may read or write may describe."""

    READ = 3
    WRITE = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """``user`` may do this to what has exactly this name, from any address."""

    resource: Resource
    name: str
    user: str
    operation: Operation


def rules() -> frozenset[Rule]:
    """Every one that there is to be."""
    return frozenset(rule for service in SERVICES for rule in _of(service))


def _of(name: str) -> Iterator[Rule]:
    service = SERVICES[name]
    if service.topic is not None:
        yield Rule(Resource.TOPIC, service.topic, name, Operation.WRITE)
    every = tuple(topic.name for topic in TOPICS.values())
    for topic in every if service.hears else service.consumes:
        yield Rule(Resource.TOPIC, topic, name, Operation.READ)
    if service.consumes:
        yield Rule(Resource.GROUP, Group.of(name).name, name, Operation.READ)
