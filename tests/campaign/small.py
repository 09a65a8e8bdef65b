"""The campaign in small, for `make test`: all kinds of faults in one round, with the same oracle.

Each promise once. `make campaign` makes each fault alone, often, and under its own load, and it
judges how many seconds late anything is: here other tests have the machine too. A step that is a
fault ends only when that has happened, so that one which never happens fails its round.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from uuid import UUID

from aiokafka import AIOKafkaProducer

from deploy.local.variant import Variant
from deploy.operations.shares import shares
from deploy.simulators.faults import Mode
from deploy.simulators.receipts import Receipts
from tests.campaign.faults import operators, poison
from tests.campaign.faults.consumers import twin
from tests.campaign.faults.processes import IN_FLIGHT
from tests.campaign.making import one_after_another, under_reports
from tests.campaign.scene import Fault, Must, Scene
from tests.campaign.small_crashes import BY_API, die_everywhere
from tests.support.eventually import eventually
from tests.support.faults import brokers, database
from tests.support.faults.centre import receipts, smsc
from tests.support.faults.database import Shutdown
from tests.support.faults.freezing import frozen
from tests.support.faults.link import Flaps, Link
from tests.support.services import LISTENING

BRIEF = 2.0
"""Seconds that something is away."""
WITHIN = 600.0
"""Seconds for the whole round."""
HAPPENS = 40.0
"""Seconds within which a fault must have happened to somebody."""
TO_BROKER = tuple(f"{service}.work:kafka" for service in LISTENING)
TO_DATABASE = tuple(
    f"{process}:postgres"
    for process in ("intake.serve", "referral.serve", "referral.work", "notify.work")
)
LIED_OF = """
SELECT count(*) FROM notify.messages m JOIN notify.alerts a USING (alert_id)
WHERE m.receipt IN ('failed', 'expired')
"""
MOVED = LIED_OF + " AND (m.status <> 'sent' OR m.attempts > 1 OR a.outcome = 'unreachable')"
ANSWERED = """
SELECT array_agg(p.phone) FROM notify.answers a JOIN notify.people p USING (staff_id)
WHERE a.channel = 'sms'
"""
PARKED = "SELECT count(*) FROM {}.parked WHERE key = ANY ($1::bytea[])"
TAKE_AWAY = "DELETE FROM {}.parked"


# --- the broker and the database ------------------------------------------------------------------


async def _broker_away(scene: Scene) -> int:
    async with scene.window() as window, brokers.down(scene.stack):
        await asyncio.sleep(BRIEF)
    tries = scene.tries(window)
    taken = [each for each in tries if each.taken]
    scene.require(
        0 < len(taken) == len(tries), f"without a broker {len(taken)} of {len(tries)} were taken"
    )
    return 1


async def _broker_wiped(scene: Scene) -> int:
    await brokers.wipe(scene.stack)
    return 1


async def _database(how: Shutdown, scene: Scene) -> int:
    await database.restart(scene.stack, how)
    return 1


async def _frozen(names: Sequence[str], scene: Scene) -> int:
    async with frozen(*(scene.stack.part(name) for name in names)):
        await asyncio.sleep(BRIEF)
    return 1


# --- the links to them ----------------------------------------------------------------------------


async def _commit_replies(scene: Scene) -> int:
    """The server commits and nobody hears of it: the first COMMIT from now, then a second one."""
    scene.people.behaviour["yes-by-api"] = BY_API  # COMMITs of referral.serve

    async def lose(link: Link) -> None:
        for nth in (1, 2):
            async with link.losing_commit_reply(nth) as lost, asyncio.timeout(HAPPENS):
                await lost.happened.wait()

    async with asyncio.TaskGroup() as group:
        for name in TO_DATABASE:
            group.create_task(lose(scene.link(name)))
    return 2 * len(TO_DATABASE)


async def _cut(names: Sequence[str], scene: Scene) -> int:
    return await _broken(scene, names, lambda _number, link: link.cut(), BRIEF)


async def _flapping(scene: Scene) -> int:
    names = (*TO_BROKER, *TO_DATABASE)
    return await _broken(
        scene, names, lambda number, link: link.flapping(Flaps(seed=number)), 2 * BRIEF
    )


async def _broken(
    scene: Scene,
    names: Sequence[str],
    how: Callable[[int, Link], AbstractAsyncContextManager[None]],
    seconds: float,
) -> int:
    """For so long, and until each link has broken something that somebody said or held."""
    links = [scene.link(name) for name in names]
    before = [_felt(link) for link in links]
    async with AsyncExitStack() as stack:
        for number, link in enumerate(links):
            await stack.enter_async_context(how(number, link))
        await asyncio.sleep(seconds)
        await eventually(
            lambda: all(_felt(link) > felt for link, felt in zip(links, before, strict=True)),
            within=HAPPENS,
        )
    return 1


def _felt(link: Link) -> int:
    return link.resets + link.held


# --- the gateway ----------------------------------------------------------------------------------


async def _centre(scene: Scene, counter: str, name: str) -> int:
    """How many texts the SMSC met with a mode ("made") or a kind of receipts ("receipted")."""
    health = (await scene.town.http.get(f"{scene.stack.url('phones')}/health")).json()
    return int(health[counter].get(name, 0))


async def _met(scene: Scene, counter: str, name: str, enough: int) -> None:
    async def so_often() -> bool:
        return await _centre(scene, counter, name) >= enough

    await eventually(so_often, within=HAPPENS, every=0.1)


async def _gateway(mode: Mode, scene: Scene) -> int:
    before = await _centre(scene, "made", mode)
    async with smsc(scene.stack, mode, count=1):
        await _met(scene, "made", mode, before + 1)
    return 1


async def _receipts(kind: Receipts, scene: Scene) -> int:
    async with receipts(scene.stack, kind):
        await _met(scene, "receipted", kind, 4)
    return 1


async def _receipts_lie(scene: Scene) -> int:
    """Until one of them was of an alert: others are of what whoever answered is told."""
    async with receipts(scene.stack, Receipts.CONTRADICTORY):
        await eventually(partial(scene.ask, LIED_OF), within=HAPPENS, every=0.2)
    return 1


async def _receipts_proved_nothing(scene: Scene) -> int:
    """Long after: a text that was said to have failed is sent, once, and is nobody's answer."""
    lied_of, moved = await scene.ask(LIED_OF), await scene.ask(MOVED)
    scene.require(lied_of > 0, "no text was said to have failed")
    scene.require(moved == 0, f"a receipt moved {moved} of {lied_of} alerts")
    answers = Counter(await scene.ask(ANSWERED))
    said = (await scene.town.http.get(f"{scene.stack.url('phones')}/api/messages")).json()
    typed = Counter(each["phone"] for each in said if each["from_phone"])
    odd = [phone for phone, count in answers.items() if count > typed[phone]]
    scene.require(not odd, f"more answers than were typed on {len(odd)} phones")
    return 0


# --- processes and operators ----------------------------------------------------------------------


async def _restart(name: str, scene: Scene) -> int:
    await scene.stack.part(name).restart()
    return 1


async def _second_workers(scene: Scene) -> int:
    """A second worker of every service joins, has its share, and leaves."""

    async def join_and_leave(service: str) -> None:
        async with twin(scene, f"{service}.work", 2):
            await eventually(partial(_members, scene, service, 2), within=HAPPENS, every=0.2)
        await eventually(partial(_members, scene, service, 1), within=HAPPENS, every=0.2)

    async with asyncio.TaskGroup() as group:
        for service in LISTENING:
            group.create_task(join_and_leave(service))
    return len(LISTENING)


async def _members(scene: Scene, service: str, count: int) -> bool:
    found = await shares(scene.stack.bus(), service)
    return len(found) == count and all(found)


async def _rotate(scene: Scene) -> int:
    code, said = await operators.tirek(scene, "keys", "rotate", "referral")
    scene.require(code == 0, f"tirek keys rotate ended with {code}: {said[-200:]}")
    return 1


# --- what is said ---------------------------------------------------------------------------------


async def _poison(scene: Scene) -> int:
    """What nobody can read, and what only the next release can, is put aside; nobody dies of it."""
    readers = [scene.stack.part(f"{service}.work") for service in poison.READERS]
    lives = [part.starts for part in readers]
    producer = AIOKafkaProducer(**scene.stack.bus().client(), acks="all")
    await producer.start()
    keys = []
    try:
        for brew in (poison.version, poison.octets):
            named = str(UUID(int=scene.rng.getrandbits(128), version=4))
            key, value, headers = brew(scene, named)
            await producer.send_and_wait(poison.TOPIC, value, key=key, headers=headers)
            keys.append(key)
    finally:
        await producer.stop()

    async def parked(service: str) -> bool:
        return bool(await scene.ask(PARKED.format(service), keys) == len(keys))

    for service in poison.READERS:
        await eventually(partial(parked, service), within=HAPPENS, every=0.1)
        # else the oracle would forgive this reader whatever it holds
        await scene.do(TAKE_AWAY.format(service))
    scene.require([part.starts for part in readers] == lives, "a reader died of poison")
    return len(keys)


WORLD = one_after_another(
    _receipts_lie,
    partial(_receipts, Receipts.TWICE),
    _broker_away,
    _commit_replies,
    partial(_gateway, Mode.DROP_BIND),
    partial(_cut, TO_BROKER),
    partial(_cut, TO_DATABASE),
    _flapping,
    partial(_database, Shutdown.IMMEDIATE),
    partial(_frozen, ("kafka",)),
    _rotate,
    partial(_frozen, ("postgres",)),
    partial(_gateway, Mode.SILENT),
    _second_workers,
    partial(_restart, "notify.work"),
    partial(_frozen, ("referral.work",)),
    _broker_wiped,
    partial(_database, Shutdown.FAST),
    _receipts_proved_nothing,
)
"""Brokers, database, gateway, keys and processes fail one after another."""
SMALL = Fault(
    "small",
    "Poison and a bug, a death at each crash point, and then the world fails piece by piece.",
    one_after_another(
        _poison,
        partial(poison.bug, neighbours_within=HAPPENS),
        under_reports(one_after_another(die_everywhere, WORLD)),
    ),
    # no speed is judged here: a busy machine is late
    Must(late=WITHIN, late_after_jump=WITHIN, normal=WITHIN, repeats=IN_FLIGHT, foreign=1),
    Variant(links=(*TO_BROKER, *TO_DATABASE)),
    within=WITHIN,
)
