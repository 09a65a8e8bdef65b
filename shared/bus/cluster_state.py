"""What Kafka holds of a topic, held against what it has acknowledged: the difference is a loss.

The outbox is the ledger of the bus. A cluster with another id holds nothing of ours, and a log
that is shorter than what was acknowledged has lost something. Where exactly cannot be told from
its length: a topic that was made again may have grown since. So after any loss everything that the
outbox still holds is published again, with the numbers it had; readers know each event by its id.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.offset import OffsetRequest

from shared.bus.access import Access
from shared.db import Tx
from shared.tasks import apart

ABSENT = (KafkaError, OSError, TimeoutError)
"""What asking Kafka fails with when it does not answer, or has no leader for a partition now."""
REQUEST_MS = 5_000
WITHIN = 15.0
PAGE = 20_000
"""Rows taken back by one statement: each stays far below the server's statement timeout."""
LATEST, EARLIEST = -1, -2
_UNCOMMITTED, _CLIENT = 0, -1

KNOWN = "SELECT partition, cluster, acknowledged FROM bus"
ADOPT = """
INSERT INTO bus (partition, cluster, acknowledged)
SELECT partition, $1, max("offset") + 1 FROM outbox
WHERE published_at IS NOT NULL AND NOT EXISTS (SELECT FROM bus) GROUP BY partition
"""
"""Rows that were published before `bus` existed: whichever cluster is there now is taken for it."""
ACKNOWLEDGED = """
INSERT INTO bus AS known (partition, cluster, acknowledged)
SELECT partition, $1, max("offset") + 1 FROM acked GROUP BY partition
ON CONFLICT (partition) DO UPDATE SET cluster = excluded.cluster, acknowledged = CASE
    WHEN known.cluster = excluded.cluster THEN greatest(known.acknowledged, excluded.acknowledged)
    ELSE excluded.acknowledged END
"""
"""Reads ``acked (partition, "offset")``, which the statement that it ends must have made."""
SPAN = "SELECT min(id) AS first, max(id) AS last FROM outbox WHERE published_at IS NOT NULL"
TAKE_BACK = """
UPDATE outbox SET published_at = NULL, partition = NULL, "offset" = NULL
WHERE id BETWEEN $1 AND $2 AND published_at IS NOT NULL
"""
FORGET = "DELETE FROM bus"


class Lost(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """Kafka does not hold what it acknowledged. Not retriable: a producer gives up at once."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Seen:
    """A topic as Kafka shows it: the cluster's id, and the next offset of each partition."""

    cluster: str
    ends: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What was acknowledged of one partition: everything below this offset, by that cluster."""

    partition: int
    cluster: str
    acknowledged: int


def loss(seen: Seen, known: Sequence[Known]) -> str | None:
    """Why ``seen`` cannot hold all that is known to be acknowledged, as a code; pure."""
    if any(each.cluster != seen.cluster for each in known):
        return "another-cluster"
    if any(seen.ends.get(each.partition, 0) < each.acknowledged for each in known):
        return "shorter-log"
    return None


def risen(floors: Mapping[int, int], acks: Sequence[tuple[int, int]]) -> dict[int, int]:
    """The lowest offset each partition may acknowledge next, after these (partition, offset); pure.

    Raises `Lost` for an offset that was given before. Either the log is another one by now, or
    nothing was written: a wiped cluster gives producer ids out anew, takes the first batch of one
    for a repetition of its namesake's, and acknowledges that one's offset.
    """
    after = dict(floors)
    for partition, offset in acks:
        if offset < after.get(partition, 0):
            raise Lost("offset-repeated")
        after[partition] = offset + 1
    return after


async def look(kafka: Access, topic: str) -> Seen:
    """Asks Kafka; raises `UnknownTopicOrPartitionError` without the topic, else one of `ABSENT`."""
    return await apart(_look(kafka, topic))


async def _look(kafka: Access, topic: str) -> Seen:
    client = AIOKafkaClient(**kafka.client(), request_timeout_ms=REQUEST_MS)
    try:
        async with asyncio.timeout(WITHIN):
            await client.bootstrap()
            return await ask(client, topic)
    finally:
        await client.close()


async def ask(client: AIOKafkaClient, topic: str, edge: int = LATEST) -> Seen:
    """The same through a client that is there; raises as `look` does.

    With ``EARLIEST`` the first offset of each partition that is still kept, in place of the next.
    """
    request = MetadataRequest([topic], allow_auto_topic_creation=False)
    metadata = (await client.send(client.get_random_node(), request)).to_object()
    [described] = metadata["topics"]
    _check(described["error_code"])
    leaders: dict[int, list[int]] = {}
    for each in described["partitions"]:
        _check(each["error_code"])
        leaders.setdefault(each["leader"], []).append(each["partition"])
    ends: dict[int, int] = {}
    for node, partitions in leaders.items():
        ends |= await _ends(client, node, topic, partitions, edge)
    return Seen(metadata["cluster_id"], ends)


async def _ends(
    client: AIOKafkaClient, node: int, topic: str, partitions: Sequence[int], edge: int
) -> dict[int, int]:
    wanted = [(topic, [(partition, edge) for partition in partitions])]
    answer = await client.send(node, OffsetRequest(_CLIENT, _UNCOMMITTED, wanted))
    found: dict[int, int] = {}
    for each in answer.to_object()["topics"][0]["partitions"]:
        _check(each["error_code"])
        found[each["partition"]] = each["offset"]
    return found


def _check(code: int) -> None:
    if code:
        problem: KafkaError = for_code(code)()
        raise problem


async def known(tx: Tx) -> list[Known]:
    """What stands in the database."""
    return [Known(**row) for row in await tx.fetch(KNOWN)]


async def take_back(tx: Tx) -> int:
    """Makes everything published unpublished again, numbers and digests kept; answers how many.

    Nothing is known of any cluster after that: what is sent again is acknowledged anew. In a
    transaction that holds the relay's lease: nobody else may.
    """
    await tx.execute(FORGET)
    span = await tx.fetchrow(SPAN)
    if span is None or span["first"] is None:
        return 0
    count = 0
    for first in range(span["first"], span["last"] + 1, PAGE):
        tag = await tx.execute(TAKE_BACK, first, first + PAGE - 1)
        count += int(tag.rpartition(" ")[2])
    return count
