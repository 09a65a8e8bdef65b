"""A lane by itself: what it does when the database or the provider will not have it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from deploy.local.stack import Stack
from services.notify import app, jobs, metrics
from services.notify.channels import Content, Receipt
from services.notify.channels.sms import SmppSession
from services.notify.delivery import model, sender_loop
from services.notify.delivery import send as sending
from services.notify.delivery.send_results import Ended
from services.notify.delivery.sender_loop import Sender, run_lane
from shared import lease as leases
from shared.events.notify import AlertSent, AlertUnreachable
from shared.events.words import OfferStatus
from shared.lease import Lease, Superseded
from shared.runtime.health import Health
from tests.integration.test_email_channel import Server
from tests.stack import turn_clock
from tests.support.eventually import eventually
from tests.support.notify import House, one_on_duty
from tests.support.sms import QUICK, listener, scripted, smsc
from tests.support.told import message_where, settled
from tests.support.waiting import lock_waits

HELD = """
SELECT EXISTS (SELECT FROM leases JOIN pg_stat_activity ON pid = holder WHERE name = 'lane sms')
"""


@pytest_asyncio.fixture
async def here(stack: Stack) -> AsyncIterator[House]:
    """A crisis centre with one person on duty."""
    async with one_on_duty(stack) as one:
        yield one


@dataclass(slots=True)
class Provider:
    """Takes every text, once its gate is open."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    taken: list[str] = field(default_factory=list)

    async def send(self, _destination: str, _content: Content, reference: str) -> Receipt:
        """A `Channel`."""
        self.taken.append(reference)
        await self.gate.wait()
        return Receipt(reference)


@asynccontextmanager
async def lane(
    here: House, provider: Provider, ready: Callable[[], bool] = lambda: True
) -> AsyncIterator[None]:
    """The lane of ordinary texts at work."""
    work = run_lane(here.deps, here.db, Sender(model.Lane.SMS, provider, 10, ready))
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ask(here: House, *numbers: int) -> None:
    """Offers with these numbers, an alert each."""
    for number in numbers:
        await here.request(offer_id=f"offer-{number}", alert_id=f"alert-{number}")


async def test_a_lane_that_the_database_chooses_to_break_a_deadlock_goes_on(here: House) -> None:
    """A batch of the consumer holds one offer and wants another, which the lane holds.

    The lane is the last to wait, so it is the lane whose transaction is undone.
    """
    provider = Provider()
    await ask(here, 1, 2, 3)
    hold = "SELECT FROM notify.offers WHERE offer_id = $1 FOR UPDATE"
    async with other(here.stack) as batch, other(here.stack) as before, lane(here, provider):
        await eventually(lambda: len(provider.taken) == 3)
        await before.execute(hold, "offer-2")
        await batch.execute(hold, "offer-3")
        provider.gate.set()
        await eventually(lambda: so_many_wait(before, 1))
        wants = asyncio.ensure_future(batch.execute(hold, "offer-1"))
        await eventually(lambda: so_many_wait(before, 2))
        await before.execute("ROLLBACK")
        await wants
        await batch.execute("ROLLBACK")
        assert [each["status"] for each in await settled(here, 3)] == ["sent"] * 3
        await ask(here, 4)
        await settled(here, 4)
    assert len(provider.taken) == 4
    assert len(await here.said(AlertSent)) == 4


async def test_what_nobody_can_unseal_waits_alone_and_is_given_up_in_time(here: House) -> None:
    """The secrets are older than the data: the key to who is excluded is not here."""
    sealed = here.excluding(["st-two"])
    [kid] = [each["header"]["kid"] for each in json.loads(sealed)["recipients"]]
    provider = Provider()
    provider.gate.set()
    await ask(here, 1, 2)
    async with here.db.transaction() as tx:
        unknown = sealed.replace(kid, "notify.999")
        await tx.execute(
            "UPDATE messages SET excluded_people = $1 WHERE offer_id = 'offer-1'", unknown
        )
    async with lane(here, provider):
        [sent] = await settled(here)
        assert (sent["offer_id"], sent["status"]) == ("offer-2", "sent")
        await message_where(here, offer_id="offer-1", status="queued", reason=sending.NO_KEY)
        await turn_clock(here.stack, timedelta(minutes=6))
        async with here.db.transaction() as tx:
            await jobs.give_up_expired(here.deps, tx)
        given_up = await message_where(here, offer_id="offer-1", status="dropped")
    assert given_up["reason"] == model.DropReason.DEADLINE
    assert [each["alert_id"] for each in await here.said(AlertUnreachable)] == ["alert-1"]


async def test_a_replica_without_a_bind_leaves_the_lane_to_one_that_has_it(here: House) -> None:
    """The provider allows one bind, and the other replica was first to ask for the lane."""
    unbound, bound = Provider(), Provider()
    bound.gate.set()
    async with lane(here, unbound, lambda: False):
        await eventually(lambda: held(here))
        async with lane(here, bound):
            await ask(here, 1)
            await settled(here)
    assert (len(unbound.taken), len(bound.taken)) == (0, 1)


async def test_a_lane_whose_holder_hangs_is_taken_over(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one that it was taken from claims nothing, until it has it again."""
    monkeypatch.setattr(sender_loop, "STAND_BY", 0.01)
    monkeypatch.setattr(leases, "EVERY", 0.05)
    provider = Provider()
    provider.gate.set()
    hung, taker = [Lease("lane sms", await here.db.connect()) for _ in range(2)]
    await hung.take()
    async with lane(here, provider):
        await ask(here, 1)
        await settled(here)
        with pytest.raises(Superseded):
            async with hung.holding(here.db):
                pass
        monkeypatch.setattr(leases, "LOOKS", 0)
        await taker.take()
        monkeypatch.setattr(leases, "LOOKS", 1_000_000)
        await ask(here, 2)
        await eventually(lambda: not metrics.HELD.labels("sms")._value.get())
        assert len(provider.taken) == 1
        await taker.let_go()
        await settled(here, 2)
    assert len(provider.taken) == 2


async def held(here: House) -> bool:
    """Whether somebody has a lane."""
    async with here.db.transaction() as tx:
        return bool(await tx.fetchval(HELD))


@asynccontextmanager
async def other(stack: Stack) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """An open transaction that leaves it to others to find a deadlock."""
    connection = await asyncpg.connect(stack.superuser("tirek"))
    try:
        await connection.execute("SET deadlock_timeout = '1min'; BEGIN")
        yield connection
    finally:
        await connection.close()


async def so_many_wait(connection: "asyncpg.Connection[Any]", count: int) -> bool:
    """Whether so many wait for a lock."""
    return await lock_waits(connection) == count


async def test_two_senders_tell_endings_in_one_order(here: House) -> None:
    """Each would else wait for what the other has queued: the same people, the same offers."""
    await ask(here, 1, 2)
    async with here.db.transaction() as tx:
        outgoing = await sending.turn(here.deps, tx, model.Lane.SMS, [], 10)
    for number in (1, 2):
        await here.change(OfferStatus.CANCELLED, offer_id=f"offer-{number}")
    ended = sorted(outgoing, key=lambda each: str(each.messages[0].offer_id), reverse=True)
    async with here.db.transaction() as tx:
        told = [Ended(each, provider_id=f"id-{each.messages[0].offer_id}") for each in ended]
        await sending.turn(here.deps, tx, model.Lane.SMS, told, 0)
        written = "SELECT offer_id FROM messages WHERE kind = 'closing' ORDER BY ctid"
        assert [row["offer_id"] for row in await tx.fetch(written)] == ["offer-1", "offer-2"]


async def test_an_idle_lane_keeps_its_hold(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long nothing comes, whoever has the provider has the lane: the next text goes.

    The idle sleep is as long as the patience, which is all that matters here.
    """
    monkeypatch.setattr(sender_loop, "LONGEST_SLEEP", 0.05)
    monkeypatch.setattr(sender_loop, "PATIENCE", 0.05)
    looks = count()
    provider = Provider()
    provider.gate.set()
    with capture_logs() as logs:
        async with lane(here, provider, lambda: next(looks) >= 0):
            await eventually(lambda: next(looks) > 20)
            await ask(here, 1)
            await settled(here)
    assert [each["event"] for each in logs if each["event"].startswith("lane.")] == ["lane.started"]


async def test_patience_begins_with_the_first_look_that_finds_no_provider(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with the last one that found it: a lane sleeps long in between."""
    monkeypatch.setattr(sender_loop, "LONGEST_SLEEP", 0.3)
    monkeypatch.setattr(sender_loop, "PATIENCE", 0.3)
    monkeypatch.setattr(sender_loop, "NOT_READY", 0.02)
    found = iter([True])
    looks = count()

    def ready() -> bool:
        return next(found, False) or next(looks) < 0

    with capture_logs() as logs:
        async with lane(here, Provider(), ready):
            await eventually(lambda: "lane.let-go" in {each["event"] for each in logs})
    assert next(looks) > 2


async def test_who_has_a_provider_again_has_its_lane_again(here: House) -> None:
    """To stand back is for as long as one has none: not a moment longer."""
    answers = iter([False, False, True])
    await sender_loop._stand_back(
        Sender(model.Lane.SMS, Provider(), 10, lambda: next(answers))
    )  # a fourth question would raise
    assert not list(answers)


async def test_a_bound_workers_idle_lanes_are_never_let_go(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is anything shown to be wrong; what keeps a lane out is, until it is over."""
    monkeypatch.setattr(sender_loop, "LONGEST_SLEEP", 0.05)
    monkeypatch.setattr(sender_loop, "PATIENCE", 0.05)
    monkeypatch.setattr(app, "KNOCK_AGAIN", 0.05)
    looks, bound, health = count(), app._bound, Health()

    def seen(session: SmppSession) -> bool:
        return bound(session) and next(looks) >= 0

    monkeypatch.setattr(app, "_bound", seen)
    async with smsc() as (_, port):
        pass
    with listener() as mail_port:
        taken = int(mail_port.getsockname()[1])
    async with here.sending(port, timing=QUICK, smtp_port=taken, health=health):
        lanes = dict.fromkeys(("email", "sms", "urgent"), "no connection")
        await eventually(lambda: health.report()["gateways"] == lanes)
        async with smsc(port=port), scripted(Server(), port=taken):
            await eventually(lambda: not health.gateways)
            await eventually(lambda: next(looks) > 40)
            with capture_logs() as logs:
                so_far = next(looks)
                await eventually(lambda: next(looks) > so_far + 40)
    assert "lane.let-go" not in {each["event"] for each in logs}
