"""kill -9 of every process once, in a burst of 200 incidents: none lost, none applied twice.

The ledger stands outside the system: every 2xx that a reporter got, every SMS that a phone got.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from uuid import uuid4

import asyncpg
import httpx
import pytest_asyncio

from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.town import CODE, EVERYTHING, Town, town

N = 200
NAME = "12-late-yes"
VICTIMS = (
    "intake.serve",
    "referral.work",
    "notify.work",
    "intake.work",
    "referral.serve",
    "notify.serve",
)
REQUESTS = """
SELECT incident_id, need_id, fulfilment FROM referral.service_request
WHERE incident_id = ANY($1::text[])
"""
HOLDERS = """
SELECT r.incident_id, count(*) AS held
FROM referral.offer o JOIN referral.service_request r ON r.id = o.service_request_id
WHERE o.status = 'accepted' GROUP BY r.incident_id
"""
UNSAID = """
SELECT (SELECT count(*) FROM intake.outbox WHERE published_at IS NULL)
     + (SELECT count(*) FROM referral.outbox WHERE published_at IS NULL)
     + (SELECT count(*) FROM notify.outbox WHERE published_at IS NULL)
"""
UNHEARD = """
SELECT count(*) FROM intake.outbox o
WHERE NOT EXISTS (SELECT FROM referral.inbox i WHERE i.event_id = o.event_id)
"""
PARKED = """
SELECT (SELECT count(*) FROM intake.parked) + (SELECT count(*) FROM referral.parked)
     + (SELECT count(*) FROM notify.parked)
"""


@dataclass(slots=True)
class Ledger:
    """What people outside the system can swear to."""

    accepted: dict[str, str] = field(default_factory=dict)
    """Idempotency key → incident id, for every 2xx."""
    texts: list[tuple[str, str]] = field(default_factory=list)
    """Phone and text of every SMS received."""

    def repeated(self) -> tuple[int, int]:
        """Alerts that came again, and how many of those did not say that they may be a repeat."""
        by_code: dict[tuple[str, str], list[str]] = defaultdict(list)
        for phone, text in self.texts:
            if found := CODE.search(text):
                by_code[phone, found.group()].append(text)
        again = unmarked = 0
        for (_, code), texts in by_code.items():
            alerts = [text for text in texts if text.endswith(code)]  # it asks for an answer
            again += max(0, len(alerts) - 1)
            unmarked += max(0, Counter(alerts).most_common(1)[0][1] - 1) if alerts else 0
        return again, unmarked


@pytest_asyncio.fixture
async def alone() -> AsyncIterator[Town]:
    """A town of this test's own."""
    async with scratch(*EVERYTHING) as stack, town(stack) as own:
        yield own


async def report_until_taken(town: Town, ledger: Ledger, gate: asyncio.Semaphore) -> None:
    """A reporter who insists: the same key again until there is a 2xx."""
    key, body = str(uuid4()), town.body(NAME)
    caller = town.caller(town.samples[NAME].reported_by)
    deadline = monotonic() + 60
    async with gate:
        while key not in ledger.accepted:
            assert monotonic() < deadline, "a report was not taken within a minute"
            with suppress(httpx.HTTPError):
                answer = await town.call(
                    caller, "intake", "POST", "/incidents", body, Idempotency_Key=key
                )
                if answer.is_success:
                    ledger.accepted[key] = answer.json()["incident_id"]
                    return
                assert answer.status_code in {409, 503}, answer.text
            await asyncio.sleep(0.1)


async def answer_everything(town: Town, ledger: Ledger) -> None:
    """Everybody who is alerted says yes, once to each code."""
    since, answered = 0, set[str]()
    while True:
        found = (
            await town.http.get(f"{town.stack.url('phones')}/api/messages?since={since}")
        ).json()
        for message in found:
            since = max(since, message["number"])
            if message["from_phone"]:
                continue
            ledger.texts.append((message["phone"], message["text"]))
            code = CODE.search(message["text"])
            if code and code.group() not in answered:
                answered.add(code.group())
                await town.reply(message["phone"], f"ДА {code.group()}")
        await asyncio.sleep(0.05)


async def kill_one_after_another(town: Town, ledger: Ledger) -> None:
    """Each victim dies when another seventh of the reports has been taken, and comes back."""
    for turn, name in enumerate(VICTIMS, start=1):
        enough = turn * N // (len(VICTIMS) + 1)
        await eventually(partial(_taken, ledger, enough), within=60)
        await town.stack.part(name).kill()


async def test_nothing_is_lost_and_nothing_is_done_twice(alone: Town) -> None:
    """200 incidents, six kills; every need ends with exactly one person who has it."""
    ledger, gate = Ledger(), asyncio.Semaphore(8)
    phones = asyncio.create_task(answer_everything(alone, ledger))
    killer = asyncio.create_task(kill_one_after_another(alone, ledger))
    try:
        await asyncio.gather(*(report_until_taken(alone, ledger, gate) for _ in range(N)))
        await killer
        database = await asyncpg.connect(alone.stack.superuser("tirek"))
        incidents = list(ledger.accepted.values())

        async def all_placed() -> bool:
            rows = await database.fetch(REQUESTS, incidents)
            return len(rows) == N and all(row["fulfilment"] == "placed" for row in rows)

        try:
            await eventually(all_placed, within=120)
            await eventually(lambda: _nothing_waits(database), within=30)
            rows = await database.fetch(REQUESTS, incidents)
            holders = await database.fetch(HOLDERS)
            total = await database.fetchval("SELECT count(*) FROM intake.incidents")
            parked = await database.fetchval(PARKED)
        finally:
            await database.close()
    finally:
        phones.cancel()
        killer.cancel()
        await asyncio.wait([phones, killer])
    assert len(set(incidents)) == N == total, "an incident was lost or made twice"
    assert len({row["incident_id"] for row in rows}) == N
    assert [row["held"] for row in holders] == [1] * N
    assert parked == 0
    again, unmarked = ledger.repeated()
    assert unmarked == 0, "an SMS came twice and did not say so"
    assert again <= 11, "more repeats than could be in flight when notify was killed"


def _taken(ledger: Ledger, enough: int) -> bool:
    return len(ledger.accepted) >= enough


async def _nothing_waits(database: asyncpg.Connection) -> bool:
    waiting: list[int] = [await database.fetchval(each) for each in (UNSAID, UNHEARD)]
    return waiting == [0, 0]
