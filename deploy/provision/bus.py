"""The bus as the one table has it: topics, who comes with which password, and who may do what.

Safe to repeat, and repeated at each start: a password that was changed, a topic or a rule that is
new or gone, counts from then on.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from deploy.errors import StackError
from deploy.provision import kafka_requests
from deploy.provision.bus_rules import BROKERS, rules
from deploy.provision.probes import until
from deploy.provision.topics import topics
from shared.bus.access import REFUSED, Access
from shared.bus.aiokafka_private import client_of
from shared.events.services import SERVICES
from shared.logging import quiet

_WITHIN, _REQUEST_MS = 20.0, 10_000


async def bus(administrator: Access, passwords: Mapping[str, str], *, replication: int = 1) -> None:
    """Makes all of it, as the administrator; raises `StackError` when the broker refuses.

    ``passwords`` by user, the administrator's own among them, and the brokers' if they are ours.
    A broker that has just begun may still say of itself that it is not ready: it is asked again.
    """
    last: list[Exception] = []

    async def made() -> bool:
        try:
            await _bus(administrator, passwords, replication)
        except (TimeoutError, KafkaError, OSError) as problem:
            last.append(problem)
            return isinstance(problem, KafkaError) and not problem.retriable
        last.clear()
        return True

    await until(made, within=_WITHIN)
    if last:
        reason = await administrator.absence()
        raise StackError(
            f"the bus could not be made: {type(last[-1]).__name__} ({reason})"
        ) from last[-1]


async def _bus(administrator: Access, passwords: Mapping[str, str], replication: int) -> None:
    if administrator.password:
        await _let_in(administrator, passwords)
    admin = AIOKafkaAdminClient(**administrator.client(), request_timeout_ms=_REQUEST_MS)
    try:
        await admin.start()
        works = [topics(admin, replication)]
        if administrator.password:
            works.append(_rule(client_of(admin)))
        await asyncio.gather(*works)
    finally:
        await admin.close()


async def _let_in(administrator: Access, passwords: Mapping[str, str]) -> None:
    """Everybody's password. A broker that is new knows but its own: as that one then, once."""
    comes = administrator
    if BROKERS in passwords and await administrator.absence() == REFUSED:
        own = passwords[BROKERS]
        comes = replace(administrator, user=BROKERS, password=own, mechanism="PLAIN")
    client = AIOKafkaClient(**comes.client(), request_timeout_ms=_REQUEST_MS)
    try:
        users = {user: secret for user, secret in passwords.items() if user != BROKERS}
        # a warning of PLAIN comes at the first start of a cluster, once (docs/decisions/0030)
        with quiet("aiokafka.conn", logging.ERROR):
            await client.bootstrap()
            await kafka_requests.let_in(client, users)
    finally:
        await client.close()


async def _rule(client: AIOKafkaClient) -> None:
    """The rules of our services become those of the table; others' stay."""
    wanted = rules()
    nodes = [broker.nodeId for broker in client.cluster.brokers()]
    there = await kafka_requests.allowed(client, nodes[0])
    if missing := wanted - there:
        await kafka_requests.allow(client, missing)
    if surplus := {rule for rule in there - wanted if rule.user in SERVICES}:
        await kafka_requests.forbid(client, surplus)

    async def known() -> bool:
        for node in nodes:
            if not wanted <= await kafka_requests.allowed(client, node):
                return False
        return True

    if not await until(known, within=10):
        raise StackError("Kafka took the rules of the bus, and does not show them")
