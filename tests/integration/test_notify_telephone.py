"""Telephone PINs: an operator hears two digits of whoever was called back, and no more."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.security.tokens import Caller, CallProof, Verifier
from tests.stack import turn_clock
from tests.support.notify_api import ADMINISTRATOR, WORKER, Api, notify_api

DESK = Caller("st-desk", "desk", frozenset({"operator"}))
PIN = "290517"
ASK, CHECK = "/people/st-one/telephone-challenge", "/people/st-one/telephone-check"


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """A station with an operator, and an officer who has set a PIN."""
    async with notify_api(stack) as one:
        await one.house.person("st-desk", 8, roles=frozenset({"operator"}))
        assert (await put(one, PIN)).status_code == 204
        yield one


async def put(api: Api, pin: str) -> Any:
    """The officer sets a PIN."""
    return await api.call(WORKER, "PUT", "/me/telephone-pin", {"pin": pin})


async def asked(api: Api) -> list[int]:
    """At which positions the operator is to ask."""
    answer = await api.call(DESK, "POST", ASK)
    assert answer.status_code == 200, answer.text
    positions: list[int] = answer.json()["positions"]
    return positions


async def say(api: Api, positions: list[int], digits: str) -> Any:
    """The operator enters what was said."""
    return await api.call(DESK, "POST", CHECK, {"positions": positions, "digits": digits})


def right(positions: list[int]) -> str:
    """What the officer says."""
    return "".join(PIN[at - 1] for at in positions)


async def test_two_digits_show_who_is_on_the_line(api: Api) -> None:
    """The pair stays the same until it is met, then it is another; every asking is on record, and
    the PIN is nowhere."""
    first = await asked(api)
    assert [await asked(api) for _ in range(5)] == [first] * 5
    other = [1, 2] if first != [1, 2] else [1, 3]
    assert (await say(api, other, right(other))).status_code == 409
    wrong = "".join(str((int(each) + 1) % 10) for each in right(first))
    refused = (await say(api, first, wrong)).json()
    assert (refused["right"], refused["proof"]) == (False, None)
    assert await asked(api) == first
    heard = (await say(api, first, right(first))).json()
    assert heard["right"] is True
    assert (await say(api, first, right(first))).status_code == 409
    assert await asked(api) != first
    async with api.house.db.transaction() as tx:
        kept = await tx.fetch("SELECT * FROM telephone_checks ORDER BY checked_at")
        pins = str([dict(row) for row in await tx.fetch("SELECT * FROM telephone_pins")])
        now = tx.now
    verifier = Verifier.from_file(api.house.stack.keys("intake") / "calls.public.json")
    assert verifier.call(heard["proof"], now) == CallProof("st-desk", "st-one", heard["check_id"])
    assert {row["checked_by"] for row in kept} == {"st-desk"}
    assert [row["outcome"] for row in kept] == ["asked"] * 6 + ["wrong", "asked", "right", "asked"]
    assert PIN not in pins


@pytest.mark.parametrize(("apart", "wrong"), [(timedelta(), 5), (timedelta(minutes=20), 10)])
async def test_wrong_answers_end_a_pin(api: Api, apart: timedelta, wrong: int) -> None:
    """Five within an hour, or ten however slow: then the right one helps no more, until the
    officer sets a PIN anew. An unknown person looks like one without a PIN."""
    for _ in range(wrong):
        positions = await asked(api)
        digits = "".join(str((int(each) + 1) % 10) for each in right(positions))
        assert (await say(api, positions, digits)).json()["right"] is False
        if apart:
            await turn_clock(api.house.stack, apart)
    ended = await say(api, positions, right(positions))
    assert ended.status_code == 409
    nobody = await api.call(DESK, "POST", "/people/st-nobody/telephone-challenge")
    assert (nobody.status_code, nobody.json()) == (409, ended.json())
    assert (await put(api, PIN)).status_code == 204
    positions = await asked(api)
    assert (await say(api, positions, right(positions))).json()["right"] is True


async def test_only_operators_ask_and_only_a_pin_that_is_not_tried_first_is_set(api: Api) -> None:
    """Not an administrator, nor the officer; nor an operator who does not serve."""
    for caller, status in ((ADMINISTRATOR, 403), (WORKER, 403)):
        assert (await api.call(caller, "POST", ASK)).status_code == status
    stranger = Caller("st-else", "desk", frozenset({"operator"}))
    assert (await api.call(stranger, "POST", ASK)).status_code == 404
    for easy in ("000000", "123456", "654321", "890123", "12345"):
        refused = await put(api, easy)
        assert refused.json()["errors"][0]["field"] == "pin"
