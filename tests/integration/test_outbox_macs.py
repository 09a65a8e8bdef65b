"""What no process of a service said is not published, whoever writes it into the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY

from deploy.local.stack import Stack
from deploy.topology import SERVICES
from shared import backlog
from shared.bus import relay
from shared.db import Database
from shared.runtime.health import Health
from tests.stack import scratch
from tests.support.bus import (
    NotifyLike,
    ReferralLike,
    act,
    answer,
    consuming,
    new_incident,
    relaying,
    said,
    settings,
)
from tests.support.eventually import eventually
from tests.support.ledgers import Listener, make_room

COPIED = """
INSERT INTO outbox (event_id, type, key, subject, time, correlation_id, aggregate_version, document,
                    mac_key, mac)
SELECT $1, type, key, subject, time, correlation_id, aggregate_version + 1, convert_to(replace(
           convert_from(document, 'UTF8'), 'received_at":"2', 'received_at":"1'), 'UTF8'),
       {mac} FROM outbox WHERE key = $2 LIMIT 1
"""
"""As notify's role: an answer that was received a thousand years before its limit."""
REWRITES = """
CREATE FUNCTION rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.document := replace(convert_from(NEW.document, 'UTF8'), 'accept', 'reject')::bytea;
RETURN NEW; END $$;
CREATE TRIGGER rewrite BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION rewrite();
"""
STANDS = "SELECT event_id, producer_seq, refused_at FROM outbox WHERE key = $1 ORDER BY id"
HEARD = "SELECT id FROM heard WHERE event_id = $1"
TAKE_BACK = 'UPDATE outbox SET published_at = NULL, partition = NULL, "offset" = NULL'


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A database in which nobody else forges."""
    async with scratch("notify.migrate", "referral.migrate", "topics") as stack:
        yield stack


class Bus:
    """Notify's outbox, its role and its owner at the database, and referral, which listens."""

    def __init__(self, stack: Stack, *connections: asyncpg.Connection) -> None:
        self.stack = stack
        self.notify = Database(settings(stack, NotifyLike))
        self.referral = Database(settings(stack, ReferralLike))
        self.role, self.owner = connections

    async def heard(self, event_id: str) -> bool:
        """Whether referral heard this."""
        async with self.referral.transaction() as tx:
            return await tx.fetchval(HEARD, event_id) is not None

    async def ids(self, key: str) -> list[str]:
        """Ids of what the outbox holds of a key, in order."""
        return [row["event_id"] for row in await self.owner.fetch(STANDS, key)]

    async def refused(self, key: str) -> list[str]:
        """Of these the ones that the relay refuses."""
        rows = await self.owner.fetch(STANDS, key)
        return [row["event_id"] for row in rows if row["refused_at"] is not None]

    async def last_is_heard(self, key: str) -> str:
        """Waits for the last event of a key at referral; its id."""
        last = (await self.ids(key))[-1]
        await eventually(lambda: self.heard(last), within=20)
        return last


@pytest_asyncio.fixture
async def bus(own: Stack) -> AsyncIterator[Bus]:
    """All at work; what was forged goes when the test ends."""
    async with AsyncExitStack() as running:
        role = await asyncpg.connect(own.dsn("tirek_notify"))
        owner = await asyncpg.connect(own.dsn("tirek_notify_owner"))
        made = Bus(own, role, owner)
        for each in (role, owner, made.notify, made.referral):
            running.push_async_callback(each.close)
        await make_room(own)
        await running.enter_async_context(consuming(own, made.referral, Listener().table))
        yield made
        await owner.execute("DELETE FROM outbox WHERE refused_at IS NOT NULL")


@pytest.mark.parametrize("mac", ["NULL, NULL", "mac_key, mac", "'outbox-notify.9', mac"])
async def test_what_a_role_inserts_is_refused_and_counted_and_the_truth_goes_on(
    bus: Bus, mac: str
) -> None:
    """An answer before its limit, without a MAC or with another row's, is not believed; what notify
    says of the same case before and after it is."""
    key, forged = new_incident(), new_incident()
    await answer(bus.notify, key, 1)
    await bus.role.execute(COPIED.format(mac=mac), forged, key)
    await answer(bus.notify, key, 2)
    async with relaying(bus.stack, bus.notify):
        await bus.last_is_heard(key)
        assert await bus.refused(key) == [forged]
    assert not await bus.heard(forged)
    first, _, third = await bus.owner.fetch(STANDS, key)
    assert third["producer_seq"] == first["producer_seq"] + 1
    health = Health()
    watch = asyncio.create_task(backlog.watch(bus.notify, health))
    try:
        await eventually(lambda: health.report().get("forged") == 1, within=10)
        assert REGISTRY.get_sample_value("tirek_outbox_refused") == 1
        assert REGISTRY.get_sample_value("tirek_outbox_unpublished") == 0
    finally:
        watch.cancel()


async def test_what_a_trigger_rewrites_is_refused(bus: Bus) -> None:
    """The owner of the schema changes what processes say, on its way into the table."""
    key = new_incident()
    await bus.owner.execute(REWRITES)
    try:
        await answer(bus.notify, key, 1)
    finally:
        await bus.owner.execute("DROP TRIGGER rewrite ON outbox; DROP FUNCTION rewrite()")
    await answer(bus.notify, key, 2)
    async with relaying(bus.stack, bus.notify):
        await bus.last_is_heard(key)
    first, _ = await bus.ids(key)
    assert await bus.refused(key) == [first]
    assert not await bus.heard(first)


@pytest.mark.parametrize(
    "change",
    [
        "document = replace(convert_from(document, 'UTF8'), 'accept', 'reject')::bytea",
        "producer_seq = producer_seq + 1000000",
        "prev = digest",
        "time = 'infinity'",
    ],
)
async def test_what_was_changed_since_is_not_published_again(bus: Bus, change: str) -> None:
    """Nor is what bears another number than our relay gave it; its neighbours are."""
    key = new_incident()
    await answer(bus.notify, key, 1)
    await answer(bus.notify, key, 2)
    async with relaying(bus.stack, bus.notify):
        await bus.last_is_heard(key)
    first, last = await bus.ids(key)
    await bus.owner.execute(f"UPDATE outbox SET {change} WHERE event_id = $1", first)
    await bus.owner.execute(f"{TAKE_BACK} WHERE key = $1", key)
    async with relaying(bus.stack, bus.notify):
        published = "SELECT published_at FROM outbox WHERE event_id = $1"
        await eventually(lambda: bus.owner.fetchval(published, last), within=20)
        await eventually(lambda: bus.refused(key), within=20)
    assert await bus.refused(key) == [first]


async def test_a_mark_of_refusal_keeps_nothing_back_that_is_true(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The role sets it: the relay looks at what is refused again, for ever."""
    monkeypatch.setattr(relay, "LOOK_EVERY", 0.1)
    first, key = new_incident(), new_incident()
    await answer(bus.notify, first)
    async with relaying(bus.stack, bus.notify):
        await bus.last_is_heard(first)  # it serves, and has found nothing refused
        async with bus.notify.transaction() as tx:
            tx.emit(said(key, 1), subject=key, version=1, act=act(tx.now))
            await tx.flush()
            await tx.execute("UPDATE outbox SET refused_at = time WHERE key = $1", key)
        await bus.last_is_heard(key)


async def test_where_rows_are_accepted_without_a_mac_one_that_has_one_is_held_to_it(
    bus: Bus,
) -> None:
    """An upgraded installation has rows from before; nothing more is taken than these need."""
    accepted = settings(bus.stack, NotifyLike).model_copy(update={"outbox_mac": "accepted"})
    upgraded = Database(accepted)
    key, old, forged = new_incident(), new_incident(), new_incident()
    await answer(bus.notify, key, 1)
    await bus.role.execute(COPIED.format(mac="mac_key, mac"), forged, key)
    await bus.role.execute(COPIED.format(mac="NULL, NULL"), old, key)
    async with relaying(bus.stack, upgraded):
        assert await bus.last_is_heard(key) == old
    await upgraded.close()
    assert await bus.refused(key) == [forged]


async def test_a_role_changes_and_deletes_nothing_that_was_said(bus: Bus) -> None:
    """Not the content of a row, and no row that is younger than 14 days or the newest; the release
    before still sweeps what is older."""
    key = new_incident()
    await answer(bus.notify, key, 1)
    await answer(bus.notify, key, 2)
    async with relaying(bus.stack, bus.notify):
        await bus.last_is_heard(key)
    denied: list[tuple[str, tuple[Any, ...]]] = [
        (f"UPDATE outbox SET {column} = {column} WHERE key = $1", (key,))
        for column in ("event_id", "type", "key", "subject", "time", "document", "mac", "mac_key")
    ]
    denied += [("TRUNCATE outbox", ()), ("DELETE FROM outbox WHERE key = $1", (key,))]
    aged = "UPDATE outbox SET published_at = published_at - interval '15 days' WHERE key = $1"
    await bus.role.execute(aged, key)
    for statement, arguments in (*denied, denied[-1]):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await bus.role.execute(statement, *arguments)
    await bus.owner.execute("UPDATE outbox SET time = time - $1::interval", timedelta(days=15))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # the newest
        await bus.role.execute("DELETE FROM outbox WHERE key = $1", key)
    first, _ = await bus.ids(key)
    await bus.role.execute("DELETE FROM outbox WHERE event_id = $1", first)
    assert len(await bus.ids(key)) == 1


async def test_no_migration_has_given_a_role_more_of_its_outbox_again() -> None:
    """Each service's, as they all stand at the end: later migrations grant tables anew."""
    parts = [f"{each}.migrate" for each in SERVICES]
    async with scratch(*parts) as whole:
        superuser = await asyncpg.connect(whole.superuser("tirek"))
        try:
            for each in SERVICES:
                for right in ("UPDATE", "TRUNCATE", "TRIGGER"):
                    asked = "SELECT has_table_privilege($1, $2, $3)"
                    named = f"tirek_{each}", f"{each}.outbox", right
                    assert not await superuser.fetchval(asked, *named), named
        finally:
            await superuser.close()
