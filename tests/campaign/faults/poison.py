"""Records that cannot be handled: bytes, a schema that does not fit, a bug, a newer version."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from aiokafka import AIOKafkaProducer

from shared.bus import wire
from shared.events import READERS as EVENTS
from shared.events import Envelope, event_type
from shared.events.canonical import canonical
from shared.events.envelope import digest_of
from shared.key_files import b64, unb64
from shared.security.sealing import Sealer
from tests.campaign.faults.operators import tirek
from tests.campaign.scene import Fault, Make, Must, Scene
from tests.support.eventually import eventually

TOPIC, PRODUCER = "tirek.referral", "referral"
READERS = ("intake", "notify")
POISONS = 4
BUGS = 3
NEIGHBOURS = 5.0
"""Seconds that events of other incidents may wait because of it."""
PARKED = "SELECT count(*) FROM {}.parked WHERE redriven_at IS NULL"
DELAY = """
SELECT max(extract(epoch FROM coalesce(i.received_at, clock_timestamp()) - o.published_at))
FROM referral.outbox o LEFT JOIN notify.inbox i USING (event_id)
WHERE o.published_at > $1 AND o.key <> ALL ($2::text[]) AND o.type = ANY ($3::text[])
"""
"""What is still unheard has waited until now."""
HEARD = [event_type(body) for body, names in EVENTS.items() if "notify" in names]
BUG = """
CREATE FUNCTION notify.bug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a bug'; END $$;
CREATE TRIGGER bug BEFORE INSERT OR UPDATE ON notify.offers FOR EACH ROW
WHEN (NEW.incident_id = ANY ('{{{keys}}}'::text[])) EXECUTE FUNCTION notify.bug();
"""
MENDED = "DROP TRIGGER bug ON notify.offers; DROP FUNCTION notify.bug()"

Record = tuple[bytes, bytes, wire.Headers]
Brew = Callable[[Scene, str], Record]


def _envelope(scene: Scene, key: str) -> Envelope:
    event = str(UUID(int=scene.rng.getrandbits(128), version=4))
    scene.note("forged", event=event)
    return Envelope(
        id=event,
        type="tirek.offer.changed.v1",
        source=PRODUCER,
        subject=key,
        key=key,
        time=datetime.now(UTC),
        correlation_id=key,
        aggregate_version=1,
    )


def octets(_scene: Scene, key: str) -> Record:
    """No event at all."""
    return key.encode(), b"\x00\xff poison", [("ce_id", b"\xff\xfe")]


def schema(scene: Scene, key: str) -> Record:
    """An event of ours, sealed as it should be, whose body lacks what it must have."""
    sealer = Sealer.from_directory(PRODUCER, scene.stack.keys(PRODUCER))
    document = canonical({"salt": "c2FsdA", "data": {"incident_id": key}})
    return wire.encode(_envelope(scene, key), document, sealer)


def version(scene: Scene, key: str) -> Record:
    """An event of a version that only the next release knows."""
    envelope = replace(_envelope(scene, key), type="tirek.offer.changed.v2")
    sealer = Sealer.from_directory(PRODUCER, scene.stack.keys(PRODUCER))
    document, bound = b"{}", canonical(envelope.attributes())
    named = envelope.attributes() | {"digest": digest_of(bound, document)}
    headers = [(f"ce_{name}", text.encode()) for name, text in named.items()]
    return key.encode(), sealer.seal(document, READERS, aad=bound), headers


def never_sealed(scene: Scene, key: str) -> Record:
    """It names a sealing key that will never come."""
    named, value, headers = schema(scene, key)
    jwe = json.loads(value)
    protected = json.loads(unb64(jwe["protected"])) | {"skid": f"{PRODUCER}.99"}
    jwe["protected"] = b64(json.dumps(protected).encode())
    return named, json.dumps(jwe).encode(), headers


def poisoning(brew: Brew) -> Make:
    """Poison of its own incident, again and again, between everybody else's events."""

    async def make(scene: Scene) -> int:
        keys: list[str] = []
        began = await scene.ask("SELECT clock_timestamp()")

        async def once(_number: int) -> None:
            key = str(UUID(int=scene.rng.getrandbits(128), version=4))
            keys.append(key)
            await _send(scene, [brew(scene, key)])

        made = await scene.spread(POISONS, once)
        await scene.taken(1.0)
        for service in READERS:
            await eventually(partial(_parked, scene, service, POISONS), within=30)
        await neighbours(scene, began, keys)
        return made

    return make


async def strangers(scene: Scene) -> int:
    """Under the keys of live incidents, which go on as if nothing were there."""
    began = await scene.ask("SELECT clock_timestamp()")

    async def once(_number: int) -> None:
        key = scene.rng.choice([*scene.pen.taken.values()])
        await _send(scene, [octets(scene, key), never_sealed(scene, key)])

    made = await scene.spread(POISONS, once)
    await scene.taken(1.0)
    for service in READERS:
        await eventually(partial(_parked, scene, service, 2 * POISONS), within=30)
    await neighbours(scene, began, [])
    return made


async def _send(scene: Scene, records: Sequence[Record]) -> None:
    producer = AIOKafkaProducer(**scene.stack.bus().client(), acks="all")
    await producer.start()
    try:
        for key, value, headers in records:
            await producer.send_and_wait(TOPIC, value, key=key, headers=headers)
    finally:
        await producer.stop()


async def _parked(scene: Scene, service: str, enough: int) -> bool:
    return int(await scene.ask(PARKED.format(service))) >= enough


async def neighbours(
    scene: Scene, began: datetime, keys: list[str], within: float = NEIGHBOURS
) -> None:
    """What was said of all incidents but these came soon."""
    await asyncio.sleep(2.0)
    longest = await scene.ask(DELAY, began, keys, HEARD)
    scene.require(longest is not None, "nothing was said of anybody else's incident")
    delay = float(longest or 0)
    scene.measured["longest way of a neighbour's event, s"] = round(delay, 2)
    scene.require(delay <= within, f"a neighbour's event took {delay:.1f} s")


async def bug(scene: Scene, neighbours_within: float = NEIGHBOURS) -> int:
    """A handler fails on some incidents; it is mended, and what was parked is tried again."""
    await scene.taken(0.3)
    began = await scene.ask("SELECT clock_timestamp()")
    keys = list(scene.pen.taken.values())[-BUGS:]
    await scene.do(BUG.format(keys=",".join(keys)))
    await scene.taken(1.0)
    await asyncio.sleep(8.0)  # short limits pass: more events of the same incidents come
    parked = int(await scene.ask(PARKED.format("notify")))
    await neighbours(scene, began, keys, neighbours_within)
    await scene.do(MENDED)
    code, said = await tirek(
        scene, "parked", "redrive", "--all", TIREK_DATABASE_URL=scene.stack.dsn("tirek_notify")
    )
    scene.require(code == 0, f"tirek parked redrive ended with {code}: {said[-300:]}")
    scene.measured["parked by the bug"] = parked
    scene.require(parked >= BUGS, f"only {parked} records were parked")
    return BUGS


_FORGED = Must(late=2.0, parked=POISONS * len(READERS))

TABLE = (
    Fault(
        "poison-bytes",
        "Records that are no events, among everybody's events.",
        poisoning(octets),
        Must(late=2.0, parked=POISONS * len(READERS), foreign=POISONS),
    ),
    Fault(
        "poison-strangers",
        "Garbage, and keys that never come, under the keys of live incidents.",
        strangers,
        Must(late=2.0, parked=2 * POISONS * len(READERS), foreign=POISONS),
    ),
    Fault("poison-schema", "Sealed events whose body does not fit.", poisoning(schema), _FORGED),
    Fault("poison-version", "Events of a newer version.", poisoning(version), _FORGED),
    Fault(
        "poison-bug",
        "A handler fails on three incidents; mended, all that was parked is tried again.",
        bug,
        Must(late=2.0),
    ),
)
"""Faults in what is said."""
