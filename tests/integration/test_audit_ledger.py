"""Audit keeps the outside of every event that is vouched for, once and for good, and judges it."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from deploy.local.stack import Stack
from services.audit import app
from services.audit.append_only import TABLES
from services.audit.handlers.signing import sign
from services.audit.ledger.hashes import leaf_hash
from services.audit.ledger.notes import Note
from services.audit.ledger.signing import verified
from services.audit.ledger.tree import Tree
from shared.bus import wire
from shared.bus.chain import Row
from shared.db import Database
from shared.events import Event
from shared.security.tokens import Caller
from tests.support.audit_ledger import Ledger, Producer, altered, ledger
from tests.support.bus import (
    NotifyLike,
    answer,
    consuming,
    new_incident,
    relaying,
    sealer,
    settings,
)
from tests.support.eventually import eventually

STORY = timedelta(minutes=10)
OURS = """
SELECT h.event_id, h.entry, h.appended_at, l.hash FROM heard h LEFT JOIN leaves l ON h.id = heard_id
WHERE h.event_id = ANY ($1)
"""
NOTICES = "SELECT count(*) FROM outbox WHERE type = 'tirek.notice.requested.v1' AND subject = $1"
WORKER = Caller("st-worker", "sezim-bishkek", frozenset({"worker"}))


@pytest_asyncio.fixture(scope="module")
async def audit(stack: Stack) -> AsyncIterator[Ledger]:
    """The service, on the session's database."""
    async with ledger(stack) as own:
        yield own


@pytest_asyncio.fixture
async def notify(stack: Stack) -> AsyncIterator[Database]:
    """Somebody who says something."""
    await stack.ensure("notify.migrate")
    db = Database(settings(stack, NotifyLike))
    yield db
    await db.close()


async def said_of(db: Database, incident: str) -> list[Any]:
    """What was published of an incident."""
    async with db.transaction() as tx:
        query = "SELECT * FROM outbox WHERE key = $1 AND published_at IS NOT NULL ORDER BY id"
        return await tx.fetch(query, incident)


async def test_an_event_has_one_leaf_of_its_outside_and_what_nobody_vouches_for_none(
    audit: Ledger, notify: Database
) -> None:
    """It is written over its attributes and digest, comes twice and stays one; a stranger's copy
    without a proof, or with another digest under that proof, makes none."""
    incident = new_incident()
    await answer(notify, incident)
    await answer(notify, incident, 2)
    async with relaying(audit.stack, notify):

        async def published() -> bool:
            return len(await said_of(notify, incident)) == 2

        await eventually(published, within=30)
    real = [row["event_id"] for row in await said_of(notify, incident)]
    strange = await strangers(audit.stack, notify, incident)
    async with consuming(audit.stack, audit.db, app.handler_table(audit.deps)):

        async def heard() -> bool:
            await audit.grow()
            return len(await audit.fetch(OURS, real)) == 2

        await eventually(heard, within=60)
    again = "UPDATE outbox SET published_at = NULL WHERE event_id = ANY ($1)"
    async with notify.transaction() as tx:
        await tx.execute(again, real)
    async with relaying(audit.stack, notify):
        await eventually(published, within=30)
    last = new_incident()
    await answer(notify, last)
    async with (
        relaying(audit.stack, notify),
        consuming(audit.stack, audit.db, app.handler_table(audit.deps)),
    ):

        async def came_last() -> bool:
            await audit.grow()
            rows = await said_of(notify, last)
            return bool(rows) and len(await audit.fetch(OURS, [rows[0]["event_id"]])) == 1

        await eventually(came_last, within=60)
    found = await audit.fetch(OURS, [*real, *strange])
    assert sorted(row["event_id"] for row in found) == sorted(real)
    assert all(row["hash"] == leaf_hash(row["entry"]) and row["appended_at"] for row in found)
    digests = {row["digest"] for row in await said_of(notify, incident)}
    assert {json.loads(row["entry"])["digest"] for row in found} == digests


async def strangers(stack: Stack, notify: Database, incident: str) -> list[str]:
    """Copies with ids of their own: one without a proof, one with a proof of something else."""
    async with notify.transaction() as tx:
        row = await tx.fetchrow("SELECT * FROM outbox WHERE key = $1 LIMIT 1", incident)
    assert row is not None
    producer = AIOKafkaProducer(**stack.bus("notify").client(), acks="all")
    await producer.start()
    ids = [new_incident(), new_incident()]
    try:
        for number, each in enumerate(ids):
            envelope = replace(Row.of("notify", row).envelope, id=each)
            key, value, headers = wire.encode(
                envelope, bytes(row["document"]), sealer(stack, "notify")
            )
            sent = [
                (name, b"0" * 64 if number and name == "ce_digest" else text)
                for name, text in headers
                if number or name != "ce_proof"
            ]
            await producer.send_and_wait("tirek.notify", value, key=key, headers=sent)
    finally:
        await producer.stop()
    return ids


def fork(by: Producer) -> list[Event[Any]]:
    """Somebody's second event under the first one's number."""
    first = by.say()
    return [first, altered(first), by.say()]


def broken(by: Producer) -> list[Event[Any]]:
    """One in the middle was replaced before it came."""
    first, second, third = by.say(), by.say(), by.say()
    return [first, altered(second), third]


def backwards(by: Producer) -> list[Event[Any]]:
    """The second says that it was earlier than the first."""
    return [by.say(), by.say(age=timedelta(seconds=30))]


def late(by: Producer) -> list[Event[Any]]:
    """Others came in time while it did not."""
    return [by.say("a"), by.say("b"), by.say("c", age=STORY)]


def ahead(by: Producer) -> list[Event[Any]]:
    """Its clock runs before the broker's."""
    return [by.say(age=-STORY)]


def lost(by: Producer) -> list[Event[Any]]:
    """Two were said, and are gone."""
    said = [by.say() for _ in range(4)]
    return [said[0], said[3]]


@pytest.mark.parametrize(
    ("story", "kinds"),
    [
        (fork, [("fork", 1, 1)]),
        (broken, [("broken-link", 3, 3)]),
        (backwards, [("earlier-than-before", 2, 2)]),
        (late, [("received-long-before", 3, 3)]),
        (ahead, [("received-in-the-future", 1, 1)]),
        (lost, [("gap", 2, 3)]),
    ],
)
async def test_what_does_not_fit_is_found_told_and_never_taken_back(
    audit: Ledger, story: Callable[[Producer], list[Event[Any]]], kinds: list[tuple[str, int, int]]
) -> None:
    """Each is found once, however often it is looked at, and told to auditors and coordinators."""
    producer = await audit.producer()
    events = story(producer)
    if story is late:  # it is watched from before that time on
        async with audit.db.transaction() as tx:
            begun = "INSERT INTO chains (source, begun_at) VALUES ($1, $2)"
            await tx.execute(begun, producer.name, tx.now - 2 * STORY)
    await audit.hear(*events)
    await audit.hear(*events)
    await audit.asked(producer.name, producer.said[-1].envelope.producer_seq)
    found = await audit.found(producer)
    assert [each for each in found if each in kinds] == kinds
    assert {kind for kind, _, _ in found} == {kind for kind, _, _ in kinds}
    page = (await audit.get("/findings?limit=200")).json()
    shown = [each for each in page["findings"] if each["producer"] == producer.name]
    assert len(shown) == len(found)
    for each in shown:
        (count,) = (await audit.fetch(NOTICES, each["finding_id"]))[0]
        assert count == 2
    assert (await audit.get("/findings", WORKER)).status_code == 403


async def test_an_outage_is_on_record_and_nothing_is_found(audit: Ledger) -> None:
    """Nothing came of the producer, then all that it had said, in its order."""
    producer = await audit.producer()
    await audit.hear(producer.say("a"))
    producer.now += STORY
    await audit.hear(*[producer.say(f"{number}", age=STORY) for number in range(3)])
    assert await audit.found(producer) == []
    rows = await audit.fetch("SELECT first FROM outages WHERE producer = $1", producer.name)
    assert [row["first"] for row in rows] == [2]


@pytest.mark.parametrize("table", TABLES)
async def test_what_is_written_once_is_changed_by_nobody(audit: Ledger, table: str) -> None:
    """Not by the service's role, nor by the tables' owner, who must first take a trigger away."""
    for dsn in (audit.stack.dsn("tirek_audit"), audit.stack.dsn("tirek_audit_owner")):
        connection = await asyncpg.connect(dsn)
        try:
            for attempt in (f"DELETE FROM audit.{table}", f"TRUNCATE audit.{table} CASCADE"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(attempt)
        finally:
            await connection.close()


async def test_a_checkpoint_is_signed_when_something_is_new_and_anybody_can_check_it(
    audit: Ledger,
) -> None:
    """Its root follows from the entries below it, which are served as tools of others ask."""
    producer = await audit.producer()
    await audit.hear(*[producer.say() for _ in range(300)])
    deps = replace(audit.deps, checkpoint_every=timedelta(0))
    async with audit.db.transaction() as tx:
        await sign(tx, deps)
    note = (await audit.get("/ledger/checkpoint")).text
    (signed,) = verified(Note.parse(note.encode()), [audit.deps.signing.verifier])
    assert signed.key.name == audit.deps.signing.origin
    origin, size, root = note.split("\n")[:3]
    leaves = []
    for number in range(-(-int(size) // 256)):
        width = min(256, int(size) - 256 * number)
        place = f"{number:03}" + ("" if width == 256 else f".p/{width}")
        octets = (await audit.get(f"/ledger/tile/entries/{place}")).content
        while octets:
            length = int.from_bytes(octets[:2], "big")
            leaves.append(leaf_hash(octets[2 : 2 + length]))
            octets = octets[2 + length :]
        tile = (await audit.get(f"/ledger/tile/0/{place}")).content
        assert tile == b"".join(leaves[256 * number :])
    assert Tree().grown(leaves)[0].root() == base64.b64decode(root)
    status = (await audit.get("/ledger/status")).json()
    assert (status["origin"], status["signed_size"]) == (origin, int(size))
    for nonsense in ("0/0", "0/x000/000", "0/001.p/0", "7/000", "0/abc"):
        assert (await audit.get(f"/ledger/tile/{nonsense}")).status_code == 404
