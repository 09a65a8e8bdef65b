"""PostgreSQL: restarted, away, frozen, out of disk, its word of a COMMIT lost, an old backup."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from time import monotonic

import asyncpg

from deploy.errors import StackError
from deploy.local.variant import Variant
from tests.campaign.faults.poison import neighbours
from tests.campaign.faults.processes import IN_FLIGHT
from tests.campaign.scene import Fault, Make, Must, Scene, Window
from tests.support.eventually import eventually
from tests.support.faults import database
from tests.support.faults.database import Shutdown
from tests.support.faults.freezing import frozen

HELD = 3
HELD_ROWS = (
    "SELECT FROM referral.service_request WHERE incident_id = ANY ($1::text[]) FOR UPDATE",
    "SELECT FROM notify.offers WHERE incident_id = ANY ($1::text[]) FOR UPDATE",
)
OUTAGE = 7.0
REFUSED = 3.0
"""Seconds within which a report is answered 503 while the database is away."""
BACK = 5.0
"""Seconds after which reports are taken again."""
SETTLES = 0.2
"""Seconds in which what was under way when it went may still end well."""


def refused_in_time(scene: Scene, window: Window, may: frozenset[str]) -> None:
    """While it was away: never a 2xx, always a 503 and soon. After it: a 2xx soon.

    ``may``: other answers that are right too, as of a disk that has a little room left.
    """
    tries = [
        each
        for each in scene.people.tries
        if window.begin + SETTLES <= each.began < window.end - REFUSED
    ]
    inside = [each for each in tries if each.ended <= window.end]
    slow = max((each.seconds for each in tries), default=0.0)
    back = min((t.ended for t in scene.people.tries if t.taken and t.ended > window.end), default=0)
    answers = sorted({each.answer for each in inside})
    scene.measured |= {
        "answers meanwhile": "/".join(answers),
        "slowest answer": round(slow, 2),
        "2xx again after": round(back - window.end, 2),
    }
    scene.require(bool(inside), "nobody asked while the database was away")
    scene.require(
        {"503"} <= set(answers) <= {"503"} | may, f"answers without a database: {answers}"
    )
    scene.require(slow <= REFUSED, f"an answer took {slow:.1f} s, allowed {REFUSED:g} s")
    scene.require(0 < back - window.end <= BACK, f"back after {back - window.end:.1f} s")


@asynccontextmanager
async def _away(scene: Scene) -> AsyncIterator[None]:
    part = scene.stack.part("postgres")
    await part.stop(by=signal.SIGQUIT)
    try:
        yield
    finally:
        await part.start(within=60)


def away(
    absence: Callable[[Scene], AbstractAsyncContextManager[None]],
    seconds: float,
    may: frozenset[str] = frozenset(),
) -> Make:
    """No database for so long; intake must say so."""

    async def make(scene: Scene) -> int:
        await scene.taken(0.3)
        async with absence(scene), scene.window() as window:
            await asyncio.sleep(seconds)
        window.end = scene.ended = monotonic()
        await scene.taken(1.0)
        refused_in_time(scene, window, may)
        return 1

    return make


def restarting(how: Shutdown) -> Make:
    """Down and up again, three times under load."""

    async def make(scene: Scene) -> int:
        return await scene.spread(3, lambda _: database.restart(scene.stack, how))

    return make


def _frozen(scene: Scene) -> AbstractAsyncContextManager[None]:
    return frozen(scene.stack.part("postgres"))


def _full(scene: Scene) -> AbstractAsyncContextManager[None]:
    return database.unwritable(scene.stack)


def _no_rows(scene: Scene) -> AbstractAsyncContextManager[None]:
    tables = ("intake.outbox", "referral.outbox", "notify.outbox")
    return database.refusing_rows(scene.stack, *tables)


async def kill_backends(scene: Scene) -> int:
    """kill -9 of one backend of each service: the server ends all sessions and recovers."""
    roles = ("tirek_intake", "tirek_referral", "tirek_notify")

    async def kill(number: int) -> None:
        await eventually(partial(_kill, scene, roles[number]), within=60)
        await scene.stack.part("postgres").ready(60)

    return await scene.spread(len(roles), kill)


async def _kill(scene: Scene, role: str) -> bool:
    """False while the role has no backend: its services have just lost theirs."""
    with suppress(StackError, asyncpg.PostgresError, OSError):
        return await database.kill_backend(scene.stack, role) > 0
    return False


def losing_replies(process: str, times: int) -> Make:
    """The server commits and the client never hears of it, again and again."""

    async def make(scene: Scene) -> int:
        link = scene.link(f"{process}:postgres")
        if process == "referral.serve":  # its commits are people's answers over the API
            scene.people.behaviour["yes-by-api"] = 100

        async def lose(number: int) -> None:
            async with link.losing_commit_reply(nth=1 + number % 3) as lost:
                async with asyncio.timeout(30):
                    await lost.happened.wait()

        return await scene.spread(times, lose)

    return make


async def held_rows(scene: Scene) -> int:
    """Somebody looks at three cases in psql, and leaves the transaction open."""
    await scene.taken(0.3)
    began = await scene.ask("SELECT clock_timestamp()")
    keys = list(scene.pen.taken.values())[-HELD:]
    hand = await asyncpg.connect(scene.stack.superuser("tirek"), timeout=5)
    try:
        async with hand.transaction():
            for rows in HELD_ROWS:
                await hand.execute(rows, keys)
            await scene.taken(1.0)
            await neighbours(scene, began, keys)
    finally:
        await hand.close()
    return 1


_AWAY = Must(late=60.0, repeats=IN_FLIGHT)

TABLE = (
    *(
        Fault(
            f"database-{how.name.lower()}",
            f"PostgreSQL restarted ({how.name.lower()} shutdown), three times under load.",
            restarting(how),
            _AWAY,
        )
        for how in Shutdown
    ),
    Fault(
        "database-held",
        "A transaction in psql holds the rows of three cases: the others do not wait.",
        held_rows,
        Must(late=60.0),
    ),
    Fault("database-backend", "kill -9 of a backend of each service.", kill_backends, _AWAY),
    Fault("database-down", "PostgreSQL away for 7 s.", away(_away, OUTAGE), _AWAY),
    Fault("database-frozen", "PostgreSQL frozen for 7 s.", away(_frozen, OUTAGE), _AWAY),
    Fault(
        "database-unwritable",
        "No file of PostgreSQL takes another octet for 7 s: it panics and cannot recover.",
        away(_full, OUTAGE),
        _AWAY,
    ),
    Fault(
        "database-full",
        "Every outbox refuses rows for 7 s, as on a full disk (53100).",
        away(_no_rows, OUTAGE),
        _AWAY,
    ),
    *(
        Fault(
            f"commit-reply-{process}",
            f"The reply to a COMMIT of {process} is lost: the row is there, nobody knows.",
            losing_replies(process, 8),
            Must(late=10.0, repeats=IN_FLIGHT if process == "notify.work" else 0),
            Variant(links=(f"{process}:postgres",)),
        )
        for process in ("intake.serve", "referral.work", "notify.work", "referral.serve")
    ),
)
"""Faults to PostgreSQL."""
