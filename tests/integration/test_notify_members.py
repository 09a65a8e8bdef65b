"""Members of a committee: its secretary enters them in the register, and nobody else."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.notify.people import store
from shared.security.tokens import Caller
from tests.support.notify_api import ADMINISTRATOR, WORKER, Api, notify_api, watches

SECRETARY = Caller("st-secretary", "committee", frozenset({"secretary", "reporter"}))
MEMBER = Caller("st-member", "committee", frozenset({"member"}))
OTHER = Caller("st-other", "elsewhere", frozenset({"member"}))
SAID = """
SELECT document FROM outbox WHERE type = 'tirek.staff.changed.v1' AND key = $1
ORDER BY id DESC LIMIT 1
"""


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """A committee with a secretary and a member, and one elsewhere."""
    async with notify_api(stack) as one:
        for name in ("committee", "elsewhere"):
            await one.house.organisation(name, kind="local-committee")
        for number, each in enumerate((SECRETARY, MEMBER, OTHER), 5):
            here = {"organisation": each.organisation, "roles": each.roles}
            await one.house.person(each.staff_id, number, **here)
        yield one


def member(**fields: Any) -> dict[str, Any]:
    """The body of PUT /people: a member without a contact."""
    return {
        "name": "Сабыр Үлгү",
        "organisation": "committee",
        "roles": ["member"],
        "languages": ["ky"],
    } | fields


async def test_a_secretary_enters_members_who_need_no_contact(api: Api) -> None:
    """Others are told, so that they can be found among the excluded like everybody; whoever sits
    there reads the names, and nobody elsewhere does."""
    answer = await api.call(SECRETARY, "PUT", "/people/st-new", member())
    assert answer.status_code == 200, answer.text
    async with api.house.db.transaction() as tx:
        said = orjson.loads(await tx.fetchval(SAID, "st-new"))["data"]
    assert (said["roles"], said["organisation"], bool(said["tags"])) == (
        ["member"],
        "committee",
        True,
    )
    everybody = ["st-member", "st-new", "st-secretary"]
    for caller in (SECRETARY, MEMBER, ADMINISTRATOR):
        assert await api.names(caller, "committee") == everybody
    for caller in (OTHER, WORKER):
        assert await api.names(caller, "committee") == []


async def test_contacts_that_a_secretary_does_not_see_stay(api: Api) -> None:
    """Whoever corrects a name neither reads nor takes away the number."""
    answer = await api.call(SECRETARY, "PUT", "/people/st-member", member(active=False))
    assert answer.json()["phone"] is None
    async with api.house.db.transaction() as tx:
        kept = (await store.by_id(tx, ["st-member"]))["st-member"]
    assert (kept.name, kept.phone, kept.active) == (member()["name"], "+996000000006", False)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"roles": ["member", "secretary"]}, "roles"),
        ({"roles": ["worker"]}, "roles"),
        ({"roles": []}, "roles"),
        ({"organisation": "elsewhere"}, "organisation"),
        ({"territories": ["41704"]}, "territories"),
    ],
)
async def test_a_secretary_enters_nobody_in_another_role_or_place(
    api: Api, fields: dict[str, Any], field: str
) -> None:
    """By name of the field; nothing is written."""
    answer = await api.call(SECRETARY, "PUT", "/people/st-new", member(**fields))
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert "st-new" not in await api.names(ADMINISTRATOR, "committee")


async def test_an_entry_that_is_another_s_is_not_there(api: Api) -> None:
    """Their own, an elsewhere member's, a worker's: a secretary gives and takes no role so. Neither
    does a member, nor whoever says to be secretary where the register has nobody of that name."""
    stranger = Caller("st-nobody", "committee", SECRETARY.roles)
    for caller, staff_id, status in (
        (SECRETARY, SECRETARY.staff_id, 404),
        (SECRETARY, OTHER.staff_id, 404),
        (SECRETARY, WORKER.staff_id, 404),
        (MEMBER, "st-new", 403),
        (WORKER, "st-new", 403),
        (stranger, "st-new", 404),
    ):
        answer = await api.call(caller, "PUT", f"/people/{staff_id}", member())
        assert answer.status_code == status, f"{caller} {staff_id} {answer.text}"
    async with api.house.db.transaction() as tx:
        known = await store.by_id(tx, [SECRETARY.staff_id, OTHER.staff_id, WORKER.staff_id])
    assert {each.name for each in known.values()} == {f"Name {each}" for each in known}


async def test_a_member_is_never_on_duty(api: Api) -> None:
    """So no alert can reach one: rosters take those alone who may have a case."""
    watch = watches(organisation="committee", people=["st-member"])
    answer = await api.call(ADMINISTRATOR, "PUT", "/rosters/watch", watch)
    assert answer.status_code == 422, answer.text
