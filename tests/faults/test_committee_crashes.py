"""A committee does one of each of its acts while its processes die and Kafka is away: each once."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from deploy.local.processes import Part
from shared.crash import VARIABLE, Point, last_word
from tests.stack import scratch, turn_clock
from tests.support.committee_acts import NEW, Act, Year
from tests.support.committee_town import MEMBER, NAMES, SECRETARY, House, enter, house
from tests.support.eventually import eventually
from tests.support.faults.brokers import down
from tests.support.founding import PARTS
from tests.support.town import BISHKEK, Town, town

PHONES = {SECRETARY: "+996000100801", MEMBER: "+996000100802"}
KNOWN = "SELECT EXISTS (SELECT FROM committee.staff WHERE staff_id = $1)"
EXCLUSIONS_KNOWN = "SELECT heard FROM committee.matters WHERE incident_id IS NOT NULL"
"""Before that a matter is hidden from everybody but who linked it."""
HALF_DONE = """
SELECT count(*) FROM pg_stat_activity
WHERE usename = 'tirek_committee' AND wait_event_type = 'Lock' AND query NOT LIKE '%producer_seq%'
"""
"""Transactions of people that wait; the relay's is not one."""
UNSAID = "SELECT count(*) FROM committee.outbox WHERE published_at IS NULL"
SAID = "SELECT type, count(*) AS times FROM committee.outbox GROUP BY type"
THERE = """
SELECT (SELECT count(*) FROM committee.members) AS members,
       (SELECT count(*) FROM committee.plan_items WHERE done_on IS NOT NULL) AS plan,
       (SELECT count(*) FROM committee.appeals) AS appeals,
       (SELECT count(*) FROM committee.appeals WHERE incident_id IS NOT NULL) AS linked,
       (SELECT count(*) FROM intake.incidents) AS incidents,
       (SELECT count(*) FROM committee.matters) AS matters,
       (SELECT count(*) FROM committee.sittings WHERE status = 'held') AS sittings,
       (SELECT count(*) FROM committee.agenda WHERE closed_at IS NOT NULL) AS agenda,
       (SELECT count(*) FROM committee.attendance) AS attendance,
       (SELECT count(*) FROM committee.invited) AS invited,
       (SELECT count(*) FROM committee.decisions) AS decisions,
       (SELECT count(*) FROM committee.actions) AS actions,
       (SELECT count(*) FROM committee.action_changes) AS changes_of_actions,
       (SELECT count(*) FROM committee.activities) AS activities,
       (SELECT count(*) FROM committee.activities WHERE ended_at IS NULL) AS activities_hold,
       (SELECT count(*) FROM committee.aid) AS aid,
       (SELECT sum(som) FROM committee.aid WHERE ended_at IS NULL) AS som,
       (SELECT count(*) FROM committee.handbook) AS handbook
"""
HEARD = """
SELECT (SELECT count(*) FROM notify.inbox JOIN committee.outbox USING (event_id)) AS reminders,
       (SELECT count(*) FROM notify.messages WHERE template = 'action-due-today') AS messages,
       (SELECT count(*) FROM referral.service_request r
        WHERE NOT EXISTS (SELECT FROM committee.service_requests WHERE service_request_id = r.id)
       ) AS missed,
       (SELECT count(*) FROM committee.parked) + (SELECT count(*) FROM notify.parked) AS parked
"""


@pytest_asyncio.fixture
async def alone() -> AsyncIterator[Town]:
    """A town of this test's own."""
    async with scratch(*PARTS) as stack, town(stack) as own:
        yield own


@pytest_asyncio.fixture
async def database(alone: Town) -> AsyncIterator[asyncpg.Connection]:
    """All schemas, as somebody who sees all of them."""
    connection = await asyncpg.connect(alone.stack.superuser("tirek"))
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def uchkun(alone: Town, database: asyncpg.Connection) -> House:
    """A committee; two of it have telephones, and somebody is about to join."""
    made = await house(alone)
    for caller, phone in PHONES.items():
        await enter(alone, caller, NAMES[caller], phone)
    await enter(alone, NEW, "Нурлан Жумалиев")
    await eventually(partial(database.fetchval, KNOWN, NEW.staff_id), within=30)
    return made


async def do(uchkun: House, database: asyncpg.Connection, acts: Sequence[Act]) -> None:
    """kill -9 while all of these stand half done. Each is sent again, and once more when it is in.

    To whoever sent it, a death behind the commit is a lost answer.
    """
    serve = uchkun.town.stack.part("committee.serve")
    async with database.transaction():
        for table in sorted({each.writes for each in acts}):
            await database.execute(f"LOCK TABLE committee.{table} IN EXCLUSIVE MODE")
        sent = [asyncio.create_task(each.send(uchkun)) for each in acts]
        await eventually(partial(half_done, database, sent), within=10)
        await serve.stop(by=signal.SIGKILL)
    for cut_off in await asyncio.gather(*sent, return_exceptions=True):
        assert isinstance(cut_off, httpx.HTTPError) or is_busy(cut_off), cut_off
    await serve.start()
    for each in acts:
        for answer in [await each.send(uchkun), await each.send(uchkun)]:
            assert answer.is_success, f"{each}: {answer.status_code} {answer.text}"


async def half_done(
    database: asyncpg.Connection, sent: Sequence[asyncio.Task[httpx.Response]]
) -> bool:
    """All wait for the test, which looks from within a transaction; or one has waited too long."""
    await database.execute("SELECT pg_stat_clear_snapshot()")
    waiting: int = await database.fetchval(HALF_DONE)
    return waiting >= len(sent) or any(each.done() for each in sent)


def is_busy(answer: Any) -> bool:
    """The service gave up waiting, as it does on a machine that is slow to kill it."""
    return isinstance(answer, httpx.Response) and answer.status_code == 503


async def died_at(part: Part, point: Point) -> None:
    """It did, by its own word."""
    word = last_word(point).encode()
    await eventually(lambda: word in part.launch.log.read_bytes(), within=60)


async def play(uchkun: House, database: asyncpg.Connection) -> None:
    """All acts, and the day on which one thing is due. Kafka goes once the incident's exclusions
    are known, and comes back when all is done; the worker dies as it reminds, and as it tells."""
    stack, work = uchkun.town.stack, uchkun.town.stack.part("committee.work")
    first, second, *others = Year(uchkun).waves
    for wave in (first, second):
        await work.kill()
        await do(uchkun, database, await wave())
    await eventually(partial(database.fetchval, EXCLUSIONS_KNOWN), within=30)
    async with down(stack):
        for wave in others:
            await do(uchkun, database, await wave())
        work.change(**{VARIABLE: f"{Point.CLOCK_CLAIMED}:1"})
        await work.kill()
        now = datetime.now(BISHKEK)
        await turn_clock(stack, now.replace(hour=12) + timedelta(days=1) - now)
        await died_at(work, Point.CLOCK_CLAIMED)
        work.change(**{VARIABLE: f"{Point.RELAY_AFTER_ACK}:1"})
        await eventually(partial(reminded, database), within=30)
        assert await database.fetchval(UNSAID) >= 8, "held, five of actions, two reminders"
    await died_at(work, Point.RELAY_AFTER_ACK)
    work.change(**{VARIABLE: None})


async def reminded(database: asyncpg.Connection) -> bool:
    """Both were, as far as the committee's own service goes."""
    return (await said(database)).get("tirek.notice.requested.v1") == 2


async def said(database: asyncpg.Connection) -> dict[str, int]:
    """How many events of each type there are."""
    return {each["type"]: each["times"] for each in await database.fetch(SAID)}


async def row(database: asyncpg.Connection, query: str) -> dict[str, Any]:
    """What a query counts."""
    return dict((await database.fetch(query))[0])


@pytest.mark.timeout(500)
async def test_each_act_of_a_committee_is_done_once_whatever_dies(
    uchkun: House, database: asyncpg.Connection
) -> None:
    """And told once: where appeals and actions stand, and who is to be reminded."""
    await play(uchkun, database)

    async def told() -> bool:
        everything = {"reminders": 2, "messages": 2, "missed": 0, "parked": 0}
        unsaid = await database.fetchval(UNSAID)
        return unsaid == 0 and await row(database, HEARD) == everything

    await eventually(told, within=60)
    assert await row(database, THERE) == {
        "members": 4,
        "plan": 1,
        "appeals": 2,
        "linked": 1,
        "incidents": 1,
        "matters": 4,
        "sittings": 1,
        "agenda": 2,
        "attendance": 3,
        "invited": 1,
        "decisions": 3,
        "actions": 3,
        "changes_of_actions": 2,
        "activities": 2,
        "activities_hold": 1,
        "aid": 2,
        "som": 5600,
        "handbook": 1,
    }
    assert await said(database) == {
        "tirek.committee.changed.v1": 2,
        "tirek.appeal.changed.v1": 4,
        "tirek.sitting.held.v1": 1,
        "tirek.action.changed.v1": 5,
        "tirek.notice.requested.v1": 2,
    }
