"""Whom to call about a case: numbers of whoever is on duty, to those who may act, and no others."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.events.words import OfferStatus
from shared.security.tokens import Caller
from tests.support.notify import phone
from tests.support.notify_api import ADMINISTRATOR, WORKER, Api, entry, notify_api, watches

NARYN = Caller("st-naryn", "ministry", frozenset({"coordinator"}), ("41704",))
OSH = Caller("st-osh", "ministry", frozenset({"coordinator"}), ("41706",))
HOLDER = Caller("st-far", "other", frozenset({"worker"}))
STRANGER = Caller("st-third", "third", frozenset({"worker"}))
OPERATOR = Caller("st-line", "line", frozenset({"operator"}))
DUTY, DESK = phone(800), phone(801)
READING = {"staff_id": "st-one", "reason": "no-answer"}


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """A centre in Naryn that is asked, with two on duty; ministry and two more beside it."""
    async with notify_api(stack) as one:
        await one.house.organisation("ministry")
        for name in ("other", "third"):
            await one.house.organisation(name, territories=("41706",))
        for caller in (NARYN, OSH, HOLDER, STRANGER):
            await one.house.person(caller.staff_id, organisation=caller.organisation)
        for number, staff_id in enumerate(("st-one", "st-two"), 1):
            body = entry(phone=phone(number), desk_phone=phone(800 + number))
            assert (
                await one.call(ADMINISTRATOR, "PUT", f"/people/{staff_id}", body)
            ).status_code == 200
        roster = watches(people=["st-one", "st-two"], phone=DUTY)
        kept = await one.call(ADMINISTRATOR, "PUT", "/rosters/desk-1", roster)
        assert kept.status_code == 204, kept.text
        yield one


async def asked(api: Api, caller: Caller, query: str = "") -> Any:
    """Whom the caller may call about the desk's offer; none: not found."""
    answer = await api.call(caller, "GET", f"/offers/offer-1/on-duty{query}")
    listed = await api.call(caller, "GET", "/offers?offer=offer-1&offer=nowhere")
    assert listed.status_code == 200, listed.text
    if not query:  # the list and the one say the same
        assert listed.json() == ([answer.json()] if answer.status_code == 200 else [])
    return answer.json() if answer.status_code == 200 else None


async def test_those_who_may_act_see_duty_and_desk_numbers_of_whoever_is_on_duty(api: Api) -> None:
    """Colleagues and the coordinator of the territory; no private number, and nobody else."""
    await api.house.request()
    for caller in (WORKER, NARYN):
        found = await asked(api, caller)
        assert found["organisation"] == "desk"
        assert [
            (each["tier"], each["duty_phones"], [one["desk_phone"] for one in each["people"]])
            for each in found["on_duty"]
        ] == [(1, [DUTY], [DESK, phone(802)])]
        assert phone(1) not in str(found)
    for caller in (OSH, HOLDER, STRANGER):
        assert await asked(api, caller) is None


async def test_the_coordinator_of_the_case_may_call_wherever_it_is_offered(api: Api) -> None:
    """The desk lies in Naryn, the case in Osh: its coordinators call, and read nobody's own."""
    await api.house.request(territory="41706214000000")
    assert (await asked(api, OSH))["on_duty"]
    assert (await asked(api, NARYN))["on_duty"]
    assert await asked(api, STRANGER) is None
    answer = await api.call(OSH, "POST", "/offers/offer-1/private-number", READING)
    assert answer.status_code == 404


async def line(api: Api) -> None:
    """A line with an operator; it answers for the desk, and for no other."""
    await api.house.organisation("line")
    await api.house.organisation(desks=("line",))
    await api.house.person(OPERATOR.staff_id, organisation="line", roles=OPERATOR.roles)


async def test_an_operator_calls_back_where_their_desk_answers_for_it(api: Api) -> None:
    """Duty and desk numbers, of an organisation that names the line; of another nothing."""
    await line(api)
    await api.house.request()
    await api.house.request(offer_id="offer-2", alert_id="alert-2", organisation="other")
    found = await asked(api, OPERATOR)
    assert found["on_duty"][0]["duty_phones"] == [DUTY]
    assert phone(1) not in str(found)
    assert (await api.call(OPERATOR, "GET", "/offers/offer-2/on-duty")).status_code == 404
    reading = await api.call(OPERATOR, "POST", "/offers/offer-1/private-number", READING)
    assert reading.status_code == 403
    await api.house.organisation()  # the directory names the line no more
    assert await asked(api, OPERATOR) is None


async def test_an_operator_or_an_officer_whom_the_case_excludes_is_left_out(api: Api) -> None:
    """The operator finds nothing; of the officers the other one is listed, without the watch."""
    await line(api)
    await api.house.request(excluded_people=api.house.excluding(["st-two"]))
    (watch,) = (await asked(api, OPERATOR))["on_duty"]
    assert watch["duty_phones"] == []
    assert [each["staff_id"] for each in watch["people"]] == ["st-one"]
    longer = api.house.excluding(["st-two", OPERATOR.staff_id])
    await api.house.request(
        offer_id="offer-2", alert_id="alert-2", organisation="other", excluded_people=longer
    )
    assert await asked(api, OPERATOR) is None


async def test_a_coordinator_may_call_where_it_could_be_asked(api: Api) -> None:
    """In their own territory, without whoever must not know; nobody else finds anybody there."""
    await api.house.organisation("near")
    for number, staff_id in enumerate(("st-near", "st-hidden"), 4):
        body = entry(organisation="near", phone=phone(number), desk_phone=phone(800 + number))
        await api.call(ADMINISTRATOR, "PUT", f"/people/{staff_id}", body)
    roster = watches(organisation="near", people=["st-near", "st-hidden"], phone=None)
    await api.call(ADMINISTRATOR, "PUT", "/rosters/near-1", roster)
    await api.house.request(excluded_people=api.house.excluding(["st-hidden"]))
    found = await asked(api, NARYN, "?organisation=near")
    assert [each["staff_id"] for each in found["on_duty"][0]["people"]] == ["st-near"]
    assert await asked(api, NARYN, "?organisation=other") is None, "of another territory"
    for caller in (WORKER, OSH, STRANGER):
        assert await asked(api, caller, "?organisation=near") is None


async def test_a_row_tells_which_text_is_its(api: Api) -> None:
    """The last three signs of the caller's own code, and of nobody else's."""
    await api.house.request()
    found = await asked(api, WORKER)
    assert len(found["code_ends"]) == 3
    assert (await asked(api, NARYN))["code_ends"] is None


async def test_the_case_holder_may_call_where_it_was_offered_too(api: Api) -> None:
    """While they hold it: then it is not found, as for everybody else."""
    await api.house.request()
    await api.house.request(offer_id="offer-2", alert_id="alert-2", organisation="other")
    where = "?organisation=desk"

    async def from_the_held_one() -> Any:
        answer = await api.call(HOLDER, "GET", f"/offers/offer-2/on-duty{where}")
        return answer.status_code

    assert await from_the_held_one() == 404
    held = {"offer_id": "offer-2", "organisation": "other"}
    await api.house.change(OfferStatus.ACCEPTED, person=HOLDER.staff_id, **held)
    assert await from_the_held_one() == 200
    assert (await asked(api, HOLDER))["on_duty"]
    assert await asked(api, STRANGER) is None
    await api.house.change(
        OfferStatus.COMPLETED, before=OfferStatus.IN_PROGRESS, person=HOLDER.staff_id, **held
    )
    assert await from_the_held_one() == 404


async def test_nobody_excluded_from_the_case_is_listed_or_answered(api: Api) -> None:
    """Nor is a number shown that they may pick up: the watch's, and a desk they share."""
    shared = entry(phone=phone(2), desk_phone=DESK)
    await api.call(ADMINISTRATOR, "PUT", "/people/st-two", shared)
    await api.house.request(excluded_people=api.house.excluding(["st-two"]))
    found = await asked(api, WORKER)
    assert found["on_duty"] == [
        {
            "tier": 1,
            "duty_phones": [],
            "people": [{"staff_id": "st-one", "name": "Асель Жумабекова", "desk_phone": None}],
        }
    ]
    assert await asked(api, Caller("st-two", "desk", frozenset({"worker"}))) is None


async def test_who_was_excluded_later_is_hidden_too(api: Api) -> None:
    """A later offer of the same need carries the longer list: it counts for all of them."""
    await api.house.request()
    longer = api.house.excluding([WORKER.staff_id, NARYN.staff_id])
    await api.house.request(
        offer_id="offer-2", alert_id="alert-2", organisation="other", excluded_people=longer
    )
    assert await asked(api, WORKER) is None
    assert await asked(api, NARYN) is None
    answer = await api.call(NARYN, "POST", "/offers/offer-1/private-number", READING)
    assert answer.status_code == 404


async def test_a_police_unit_of_the_accused_is_not_listed(api: Api) -> None:
    """Those who serve together are colleagues: nobody of them is to be called."""
    await api.house.organisation(kind="police")
    await api.house.request(excluded_people=api.house.excluding(["st-two"]))
    assert await asked(api, WORKER) is None
    assert (await asked(api, NARYN))["on_duty"] == []
    answer = await api.call(NARYN, "POST", "/offers/offer-1/private-number", READING)
    assert answer.status_code == 404


async def test_a_private_number_is_the_coordinators_and_is_recorded(api: Api) -> None:
    """Who, whose, for which offer, when and why; whoever may not read it is not recorded."""
    await api.house.request()
    path = "/offers/offer-1/private-number"
    answer = await api.call(NARYN, "POST", path, READING)
    assert answer.status_code == 200, answer.text
    assert answer.json()["phone"] == phone(1)
    async with api.house.db.transaction() as tx:
        rows = [dict(row) for row in await tx.fetch("SELECT * FROM number_readings")]
    (row,) = rows
    assert row.pop("read_at").isoformat()
    assert row == {
        "reading_id": answer.json()["reading_id"],
        "read_by": "st-naryn",
        "organisation": "ministry",
        "staff_id": "st-one",
        "offer_id": "offer-1",
        "reason": "no-answer",
    }
    for caller, status in ((WORKER, 403), (OSH, 404), (ADMINISTRATOR, 403)):
        assert (await api.call(caller, "POST", path, READING)).status_code == status
    for whose in ("st-far", "st-nobody"):  # another territory's, nobody's
        refused = await api.call(NARYN, "POST", path, READING | {"staff_id": whose})
        assert refused.status_code == 404
    async with api.house.db.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM number_readings") == 1


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/people/st-one", entry(desk_phone="112"), "desk_phone"),
        ("/rosters/desk-1", watches(phone="0555-ABC"), "phone"),
    ],
)
async def test_a_number_that_cannot_be_is_refused_by_name_of_the_field(
    api: Api, path: str, body: dict[str, Any], field: str
) -> None:
    """As everywhere, in one spelling or not at all."""
    answer = await api.call(ADMINISTRATOR, "PUT", path, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
