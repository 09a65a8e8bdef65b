"""Kafka: killed, frozen, one and two of three, and every disk of it lost."""

import asyncio
from time import monotonic

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.variant import Variant
from shared.events.topics import TOPICS
from tests.campaign.oracle.deadlines import percentile
from tests.campaign.scene import Fault, Make, Must, Scene, Window
from tests.support.eventually import eventually
from tests.support.faults import brokers
from tests.support.faults.freezing import frozen
from tests.support.services import LISTENING

OUTAGE = 8.0
P99 = 0.25
"""Seconds to a 2xx while no broker answers."""
REBUILT = 60.0
WIPED_AFTER = 240.0
"""Seconds that all reports may take until then."""
MANY, ENOUGH = 10_000, 800
"""So many events come of so many incidents; a smaller campaign wipes less, and says so."""
THREE = Variant(brokers=3)
SAID = "SELECT count(*) FROM {}.outbox WHERE producer_seq IS NOT NULL"


def accepted_as_ever(scene: Scene, window: Window) -> None:
    """Intake takes every report while the brokers are away, and takes it quickly."""
    tries = scene.tries(window)
    taken = sorted(each.seconds for each in tries if each.taken)
    p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
    scene.measured |= {"taken meanwhile": f"{len(taken)} of {len(tries)}", "p50": p50, "p99": p99}
    scene.require(len(tries) == len(taken) > 0, f"{len(taken)} of {len(tries)} reports were taken")
    scene.require((p99 or 0) <= P99, f"p99 of {p99} s to a 2xx without brokers, allowed {P99} s")


def outage(seconds: float, *names: str) -> Make:
    """kill -9 of brokers (all, unless named), away for so long."""

    async def make(scene: Scene) -> int:
        await scene.taken(0.2)
        async with scene.window() as window, brokers.down(scene.stack, *names):
            await asyncio.sleep(seconds)
        scene.ended = monotonic()
        await scene.taken(1.0)
        accepted_as_ever(scene, window)
        return 1

    return make


def freeze(seconds: float) -> Make:
    """SIGSTOP of every broker: connections stay, nobody answers."""

    async def make(scene: Scene) -> int:
        await scene.taken(0.2)
        parts = [scene.stack.part(name) for name in scene.stack.brokers]
        async with scene.window() as window, frozen(*parts):
            await asyncio.sleep(seconds)
        scene.ended = monotonic()
        await scene.taken(1.0)
        accepted_as_ever(scene, window)
        return 1

    return make


async def kill_one_after_another(scene: Scene) -> int:
    """kill -9 of each of three brokers in turn; each is back before the next one dies."""

    async def kill(number: int) -> None:
        part = scene.stack.part(scene.stack.brokers[number])
        await part.kill()
        await part.ready(60)

    return await scene.spread(len(scene.stack.brokers), kill)


async def wipe(scene: Scene) -> int:
    """All records and offsets of all brokers are gone, when all reports have been taken."""
    await scene.taken(1.0, WIPED_AFTER)
    count = await _said(scene)
    await brokers.wipe(scene.stack)
    began = scene.ended = monotonic()
    await eventually(lambda: _on_topics(scene, count), within=2 * REBUILT, every=0.5)
    seconds = round(monotonic() - began, 1)
    scene.measured |= {"events when wiped": count, "seconds until all were back": seconds}
    scene.require(seconds <= REBUILT, f"{count} events were back after {seconds} s only")
    if scene.incidents >= ENOUGH:
        scene.require(count >= MANY, f"only {count} events when wiped, {MANY} are asked for")
    else:
        scene.remarks.append(f"of {scene.incidents} incidents: {MANY} events take {ENOUGH}")
    return 1


async def wipe_under_load(scene: Scene) -> int:
    """The same in the middle of the reports."""
    await scene.taken(0.5)
    await brokers.wipe(scene.stack)
    return 1


async def _said(scene: Scene) -> int:
    counts = [int(await scene.ask(SAID.format(service))) for service in LISTENING]
    return sum(counts)


async def _on_topics(scene: Scene, enough: int) -> bool:
    consumer = AIOKafkaConsumer(**scene.stack.bus().client(), enable_auto_commit=False)
    parts = [
        TopicPartition(topic.name, number)
        for topic in TOPICS.values()
        for number in range(topic.partitions)
    ]
    await consumer.start()
    try:
        ends = await consumer.end_offsets(parts)
        return bool(sum(ends.values()) >= enough)
    finally:
        await consumer.stop()


_OUTAGE = Must(late=60.0, normal=60.0)

TABLE = (
    Fault("broker-killed", "kill -9 of the only broker, away 8 s.", outage(OUTAGE), _OUTAGE),
    Fault("broker-frozen", "The only broker frozen for 8 s (SIGSTOP).", freeze(OUTAGE), _OUTAGE),
    Fault(
        "broker-frozen-long",
        "The only broker frozen for 25 s: longer than the relay waits for an acknowledgement.",
        freeze(25.0),
        _OUTAGE,
        seconds=25.0,
    ),
    Fault(
        "brokers-in-turn",
        "Three brokers; kill -9 of each in turn.",
        kill_one_after_another,
        _OUTAGE,
        THREE,
        seconds=20.0,
    ),
    Fault(
        "brokers-two-of-three",
        "Three brokers, two of them killed and away 8 s: nothing can be acknowledged.",
        outage(OUTAGE, "kafka-2", "kafka-3"),
        _OUTAGE,
        THREE,
        seconds=20.0,
    ),
    Fault(
        "brokers-wiped",
        "All data of all brokers lost, after the reports: events are said again from the outboxes.",
        wipe,
        Must(late=60.0, late_after_jump=10.0, normal=120.0),  # much more is due at once
        incidents=7.0,  # ten thousand events and more
        seconds=180.0,  # a busy machine keeps up with that: it is no test of how much it can take
        within=700.0,
    ),
    Fault(
        "brokers-wiped-under-load",
        "All data of three brokers lost in the middle of the reports.",
        wipe_under_load,
        Must(late=60.0, normal=120.0),
        THREE,
        seconds=20.0,
        within=400.0,
    ),
)
"""Faults to Kafka."""
