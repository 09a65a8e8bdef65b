"""A report is taken once, however often it is sent, and wholly or not at all."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.intake.store import requests
from shared.security.tokens import Caller
from tests.support.intake import Intake, report, running, staff


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


async def reports_of(intake: Intake, caller: Caller) -> int:
    """How many incidents somebody reported."""
    return await intake.count("incidents", "entered_by = $1", caller.staff_id)


async def taken(intake: Intake, caller: Caller, key: str) -> httpx.Response:
    """What somebody's report under a key was answered with."""
    return await intake.ask("GET", "/taken", caller, params={"key": key})


async def test_the_same_request_gets_the_same_answer(intake: Intake) -> None:
    """Status, body and place; spelling of the JSON does not matter, and nothing is said twice."""
    caller, key, body = staff(), str(uuid4()), report()
    first = await intake.send(caller, body, key)
    again = await intake.send(caller, dict(reversed(body.items())), key)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"]
    assert await reports_of(intake, caller) == 1
    assert await intake.count("outbox", "key = $1", first.json()["incident_id"]) == 1


async def test_what_goes_without_saying_may_be_said(intake: Intake) -> None:
    """An explicit null, or an empty list that may be left out, makes no other report."""
    caller, key, body = staff(), str(uuid4()), report()
    first = await intake.send(caller, body, key)
    said = body | {"safe_contact": None, "sexual_violence_at": None}
    said |= {"survivor": body["survivor"] | {"address": None, "access_needs": []}}
    again = await intake.send(caller, said, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert await reports_of(intake, caller) == 1


async def test_another_body_under_a_used_key_is_refused(intake: Intake) -> None:
    """Otherwise a mix-up of keys would lose a report behind another one's answer."""
    caller, key = staff(), str(uuid4())
    assert (await intake.send(caller, report(), key)).status_code == 201
    other = await intake.send(caller, report(text="Башка окуя."), key)
    assert other.status_code == 422
    assert [each["field"] for each in other.json()["errors"]] == ["Idempotency-Key"]
    assert await reports_of(intake, caller) == 1


async def test_a_key_belongs_to_its_caller(intake: Intake) -> None:
    """Two people may choose the same key, and neither is shown the other's answer; who has nothing
    left to send asks for theirs by the key alone, and is told no number."""
    key, me = str(uuid4()), staff()
    mine = await intake.send(me, report(), key)
    assert (await taken(intake, staff(), key)).status_code == 404
    yours = await intake.send(staff(), report(), key)
    assert mine.status_code == yours.status_code == 201
    assert mine.json()["incident_id"] != yours.json()["incident_id"]
    assert (await taken(intake, me, key)).json() == mine.json() | {"read": []}


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "two words"}])
async def test_without_a_proper_key_nothing_is_taken(
    intake: Intake, headers: dict[str, str]
) -> None:
    """400, naming the header."""
    caller = staff()
    answer = await intake.ask("POST", "/incidents", caller, json=report(), headers=headers)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == ["Idempotency-Key"]
    assert await reports_of(intake, caller) == 0


async def test_while_it_is_being_taken_it_is_in_flight(intake: Intake) -> None:
    """409 with Retry-After; once the other transaction is gone, crashed or not, it is taken."""
    caller, key = staff(), str(uuid4())
    async with intake.db.transaction() as tx:
        assert await requests.lock(tx, caller.staff_id, key)
        busy = await intake.send(caller, report(), key)
    assert busy.status_code == 409
    assert int(busy.headers["retry-after"]) > 0
    assert (await intake.send(caller, report(), key)).status_code == 201


async def test_ten_of_each_of_thirty_make_thirty(intake: Intake) -> None:
    """30 keys × 10 concurrent identical requests; who is told to wait asks again."""
    caller, body = staff(), report()
    statuses: Counter[int] = Counter()
    incidents: set[str] = set()
    at_once = asyncio.Semaphore(60)

    async def once(key: str) -> httpx.Response:
        async with at_once:
            answer = await intake.send(caller, body, key)
        statuses[answer.status_code] += 1
        return answer

    async def persist(key: str) -> None:
        while (answer := await once(key)).status_code in (409, 503):
            assert answer.headers["retry-after"]
        assert answer.status_code == 201
        incidents.add(answer.json()["incident_id"])

    keys = [f"burst-{number}" for number in range(30)]
    await asyncio.gather(*(persist(key) for key in keys for _ in range(10)))
    assert len(incidents) == 30
    assert await reports_of(intake, caller) == 30
    assert statuses[201] == 300
    assert set(statuses) <= {201, 409, 503}


async def test_without_the_key_store_nothing_is_taken(intake: Intake, stack: Stack) -> None:
    """What could not be sealed is not stored; the same request is taken once the store is back."""
    caller, key = staff(), str(uuid4())
    nowhere = "postgresql://nobody:nothing@127.0.0.1:1/tirek_keys"
    async with running(stack, keystore_url=nowhere) as without:
        refused = await without.send(caller, report(), key)
        assert refused.status_code == 503
        assert "key store" in refused.json()["detail"]
    assert await reports_of(intake, caller) == 0
    assert (await intake.send(caller, report(), key)).status_code == 201
