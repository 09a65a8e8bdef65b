"""Plans of work: rows of the kenesh's table, and the other body's own yes."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest_asyncio

from deploy.local.stack import Stack
from shared.security.tokens import Caller
from tests.support.committee_api import MEMBER, POLICE, SECRETARY, STRANGER, Api, committee_api


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """Two committees that have planned nothing."""
    async with committee_api(stack) as one:
        await one.sits(MEMBER)
        yield one


async def row(api: Api, **fields: Any) -> dict[str, Any]:
    """The body of PUT /plan-items: a meeting with a hundred people."""
    return {
        "year": (await api.today()).year,
        "quarter": 4,
        "work": "prevention-meeting",
        "prepares": "aksakal-court",
        "reports": "local-committee",
        "target": {"indicator": "people", "count": 100},
        "money": "local-budget",
    } | fields


async def year(api: Api) -> str:
    """The address of this year's plan."""
    return f"/plans/{(await api.today()).year}"


async def planned(api: Api, **fields: Any) -> str:
    """A new row of Uchkun's plan; its id."""
    item_id = str(uuid4())
    await api.ask(SECRETARY, "PUT", f"/plan-items/{item_id}", await row(api, **fields))
    return item_id


async def numbers(api: Api, caller: Caller) -> dict[int, str]:
    """The plan as somebody sees it: rows by their number."""
    found = await api.ask(caller, "GET", await year(api))
    return {each["number"]: each["item_id"] for each in found["items"]}


async def joint(api: Api, caller: Caller = POLICE) -> list[dict[str, Any]]:
    """What others plan with somebody's organisation."""
    return list((await api.ask(caller, "GET", "/joint-items"))["items"])


async def test_numbers_are_counted_among_what_one_sees(api: Api) -> None:
    """By quarter; whoever left a row sees no gap there. The same sent twice is one row."""
    last, first, middle = (
        await planned(api, quarter=4),
        await planned(api, quarter=1),
        await planned(api, quarter=2),
    )
    await api.ask(SECRETARY, "PUT", f"/plan-items/{middle}", await row(api, quarter=2))
    assert await numbers(api, MEMBER) == {1: first, 2: middle, 3: last}
    shown = await api.ask(SECRETARY, "GET", await year(api))
    await api.leaves(MEMBER, shown["items"][1]["matter_id"])
    assert await numbers(api, MEMBER) == {1: first, 2: last}
    assert await numbers(api, STRANGER) == {}
    assert await api.status(POLICE, "GET", await year(api)) == 403


async def test_a_joint_row_waits_for_the_other_bodys_own_yes(api: Api) -> None:
    """By somebody who serves there, and nobody else; nothing joint is done before it."""
    item_id = await planned(api, joint_with="police-naryn")
    await planned(api)
    day = (await api.today()).isoformat()
    done = {"done_on": day}
    assert await api.status(SECRETARY, "PUT", f"/plan-items/{item_id}/done", done) == 409
    (asked,) = await joint(api)
    assert (asked["item_id"], asked["yes"]) == (item_id, None)
    yes = {"yes": True, "version": asked["version"]}
    answer = f"/joint-items/{item_id}/answer"
    for other in (SECRETARY, STRANGER):
        assert await api.status(other, "PUT", answer, yes) == 404
    assert await joint(api, STRANGER) == []
    for _ in range(2):
        assert (await api.ask(POLICE, "PUT", answer, yes))["yes"] is True
    assert await api.status(SECRETARY, "DELETE", f"/plan-items/{item_id}") == 409
    finished = await api.ask(SECRETARY, "PUT", f"/plan-items/{item_id}/done", done)
    assert (finished["joint_yes"], finished["done_on"]) == (True, day)
    assert await joint(api) == []


async def test_a_yes_is_to_what_was_shown(api: Api) -> None:
    """Another quarter is asked for anew, and a yes to the row as it was is none."""
    item_id = await planned(api, joint_with="police-naryn")
    yes = {"yes": True, "version": (await joint(api))[0]["version"]}
    answer = f"/joint-items/{item_id}/answer"
    await api.ask(POLICE, "PUT", answer, yes)
    moved = await row(api, joint_with="police-naryn", quarter=3)
    await api.ask(SECRETARY, "PUT", f"/plan-items/{item_id}", moved)
    assert [each["yes"] for each in await joint(api)] == [None]
    assert await api.status(POLICE, "PUT", answer, yes) == 409


async def test_another_committee_that_is_asked_may_answer_and_nothing_else(api: Api) -> None:
    """It sees the row, but may not write it; a body of which the register has nobody is refused."""
    item_id = await planned(api, joint_with="committee-emgek")
    assert [each["item_id"] for each in await joint(api, STRANGER)] == [item_id]
    for method, below, body in (
        ("PUT", "", await row(api)),
        ("PUT", "/done", {"done_on": None}),
        ("DELETE", "", None),
    ):
        assert await api.status(STRANGER, method, f"/plan-items/{item_id}{below}", body) == 404
    nobody = await row(api, joint_with="nobody-serves-there")
    refused = await api.call(SECRETARY, "PUT", f"/plan-items/{uuid4()}", nobody)
    assert [each["field"] for each in refused.json()["errors"]] == ["joint_with"]
    assert await api.status(SECRETARY, "DELETE", f"/plan-items/{item_id}") == 204
    assert await numbers(api, SECRETARY) == {}
