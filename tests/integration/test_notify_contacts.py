"""The register for its keepers, and whether somebody reads what goes to their contacts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from services.notify.delivery import send
from services.notify.delivery.model import Lane
from shared.security.tokens import Caller
from tests.stack import turn_clock
from tests.support.notify import phone
from tests.support.notify_api import ADMINISTRATOR, WORKER, Api, entry, notify_api
from tests.support.tokens import token

OTHER = Caller("st-two", "desk", frozenset({"worker"}))
NARYN = Caller("st-naryn", "desk", frozenset({"coordinator"}), ("41704",))
SEND, VERIFY = "/people/st-one/contacts/code", "/people/st-one/contacts/verify"
SMS = {"channel": "sms"}


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """A crisis centre with two workers and its coordinator."""
    async with notify_api(stack) as one:
        await one.house.person("st-naryn", 5, roles=frozenset({"coordinator"}))
        yield one


async def digits(api: Api) -> str:
    """A code is sent to st-one; what stands in the newest text that went there."""
    sent = await api.call(WORKER, "POST", SEND, SMS)
    assert sent.status_code == 202, sent.text
    async with api.house.db.transaction() as tx:
        going = await send.turn(api.house.deps, tx, Lane.SMS, [], 10)
    (newest,) = [each for each in going if each.destination == phone(1)]
    text = newest.content.text
    found = "".join(sign for sign in text if sign.isdigit())
    assert len(found) == 6, text
    return found


async def verified(api: Api) -> str | None:
    """Since when the number of st-one is."""
    found = await api.call(ADMINISTRATOR, "POST", "/people/search", {"q": "st-one"})
    (record,) = found.json()["people"]
    when: str | None = record["phone_verified_at"]
    return when


async def say(api: Api, code: str, caller: Caller = WORKER) -> Any:
    """The response to a code."""
    return await api.call(caller, "POST", VERIFY, SMS | {"code": code})


async def test_a_contact_is_verified_by_whoever_reads_it_until_it_changes(api: Api) -> None:
    """By themselves or an administrator, once a code; the code is stored nowhere."""
    code = await digits(api)
    for caller in (OTHER, NARYN):
        for path, body in ((SEND, SMS), (VERIFY, SMS | {"code": code})):
            assert (await api.call(caller, "POST", path, body)).status_code == 404
    assert await verified(api) is None
    assert (await say(api, code, ADMINISTRATOR)).json() == {"verified": True, "tries": 0}
    assert await verified(api) is not None
    assert (await say(api, code)).status_code == 409
    async with api.house.db.transaction() as tx:
        kept = str([dict(row) for row in await tx.fetch("SELECT * FROM contact_checks")])
        kept += str([dict(row) for row in await tx.fetch("SELECT * FROM messages")])
    assert code not in kept
    changed = entry(name="Name st-one", phone="0000 000 002")
    answer = await api.call(ADMINISTRATOR, "PUT", "/people/st-one", changed)
    assert answer.status_code == 200, answer.text
    assert await verified(api) is None


async def test_a_code_is_tried_five_times_within_ten_minutes(api: Api) -> None:
    """A wrong one is counted though it is refused; nor is one taken for a number that changed."""
    code = await digits(api)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    left = [(await say(api, wrong)).json()["tries"] for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert (await say(api, code)).status_code == 409
    code = await digits(api)
    await turn_clock(api.house.stack, timedelta(minutes=10))
    assert (await say(api, code)).status_code == 409
    code = await digits(api)
    await api.house.person("st-one", 9)
    assert (await say(api, code)).status_code == 409
    assert await verified(api) is None


async def test_five_codes_go_to_a_contact_in_an_hour(api: Api) -> None:
    """Then it is refused with a time to wait; where there is no such contact, at once."""
    for _ in range(5):
        assert (await api.call(ADMINISTRATOR, "POST", SEND, SMS)).status_code == 202
    refused = await api.call(ADMINISTRATOR, "POST", SEND, SMS)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    await turn_clock(api.house.stack, timedelta(minutes=61))
    assert (await api.call(ADMINISTRATOR, "POST", SEND, SMS)).status_code == 202
    none = await api.call(ADMINISTRATOR, "POST", SEND, {"channel": "email"})
    assert none.json()["errors"][0]["field"] == "channel"


async def test_the_register_is_searched_with_contacts_by_its_keepers_alone(api: Api) -> None:
    """Page by page, by organisation, and by a part of a name however it is spelled."""
    await api.house.organisation("other")
    await api.house.person("st-tol", 7, name="Төлөгөн Үлгү", organisation="other")

    async def ids(**asked: Any) -> list[str]:
        found = await api.call(ADMINISTRATOR, "POST", "/people/search", asked)
        assert found.status_code == 200, found.text
        return [each["staff_id"] for each in found.json()["people"]]

    assert await ids() == ["st-naryn", "st-one", "st-tol", "st-two"]
    assert await ids(organisation="other") == await ids(q="тологон") == ["st-tol"]
    assert await ids(q="%") == []
    first = (await api.call(ADMINISTRATOR, "POST", "/people/search", {"limit": 3})).json()
    assert [each["phone"] for each in first["people"]] == [phone(5), phone(1), phone(7)]
    assert await ids(limit=3, cursor=first["next"]) == ["st-two"]
    for caller in (WORKER, NARYN):
        assert (await api.call(caller, "POST", "/people/search", {})).status_code == 403


async def test_the_register_is_listed_and_a_contact_verified_by_command(api: Api) -> None:
    """``tirek people list``, ``send-code`` and ``verify``."""
    stack = api.house.stack
    await stack.ensure("notify.serve")
    surroundings = {
        "TIREK_NOTIFY_URL": stack.url("notify"),
        "TIREK_TOKEN": token(stack, ADMINISTRATOR),
        "TIREK_LANG": "en",
    }

    async def tirek(*words: str) -> Any:
        words = ("people", *words)
        return await asyncio.to_thread(CliRunner().invoke, app, words, env=surroundings)

    assert f"{phone(1)}\n" in (await tirek("list", "st-one")).output
    assert (await tirek("send-code", "st-one")).exit_code == 0
    assert "tries left: 4" in (await tirek("verify", "st-one", "000000")).output
    async with api.house.db.transaction() as tx:
        message = await tx.fetchval("SELECT message_id FROM contact_checks")
    code = next(api.house.deps.codes.digits(message))
    assert "verified" in (await tirek("verify", "st-one", code)).output
    assert f"{phone(1)}*\n" in (await tirek("list", "--organisation", "desk")).output


async def test_who_was_told_of_an_offer_is_shown_by_command(api: Api) -> None:
    """``tirek told``: by whom it can be read, and no number."""
    stack = api.house.stack
    await stack.ensure("notify.serve")
    offer = str(uuid4())
    await api.house.on_duty("st-one")
    await api.house.request(offer_id=offer)
    surroundings = {
        "TIREK_NOTIFY_URL": stack.url("notify"),
        "TIREK_TOKEN": token(stack, NARYN),
        "TIREK_LANG": "en",
    }
    told = await asyncio.to_thread(CliRunner().invoke, app, ("told", offer), env=surroundings)
    assert "alert, sms: queued" in told.output
    assert "996" not in told.output
