"""The brokers of a stack and the links to them: on which ports, in which folders."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from deploy.local.kafka import Node
from deploy.local.ports import Ports, Route
from deploy.local.variant import Variant


def links(variant: Variant, ports: Ports) -> dict[str, tuple[Route, ...]]:
    """For each of the variant's links its routes: for Kafka one a broker."""
    return {link: tuple(_routes(link, variant, ports)) for link in variant.links}


def _routes(link: str, variant: Variant, ports: Ports) -> Iterator[Route]:
    port = link.partition(":")[2]
    for _ in range(variant.brokers if port == "kafka" else 1):
        behind = ports.another() if port == "kafka" else ports.numbers[port]
        yield Route(ports.another(), behind)


def nodes(
    folder: Path, variant: Variant, ports: Ports, linked: Mapping[str, tuple[Route, ...]]
) -> tuple[Node, ...]:
    """The variant's brokers; the first is where the topology says, alone in the folder itself."""
    to_kafka = [routes for link, routes in linked.items() if link.endswith(":kafka")]

    def node(number: int) -> Node:
        here = folder if variant.brokers == 1 else folder / str(number)
        routes = tuple(each[number - 1] for each in to_kafka)
        if number == 1:
            at = ports.numbers["kafka"], ports.numbers["kafka_controller"]
        else:
            at = ports.another(), ports.another()
        return Node(number, here, *at, routes, variant.tls)

    return tuple(node(number) for number in range(1, variant.brokers + 1))
