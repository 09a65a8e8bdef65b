"""Sittings of a committee: played from plan to report, and what nobody may learn of them."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.events.committee import ActionChanged, SittingHeld
from shared.events.notices import NoticeRequested
from shared.security.tokens import Caller
from tests.stack import scratch, turn_clock
from tests.support.committee_api import COORDINATOR, SECRETARY, STRANGER
from tests.support.committee_sittings import HERE, NOTED, House, member, sitting_committee

CHAIR = member(1)
DEPUTY = Caller("st-deputy", SECRETARY.organisation, frozenset({"secretary"}))


@pytest_asyncio.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    """Of these tests' own: they turn its clock by months."""
    async with scratch() as own:
        yield own


@pytest_asyncio.fixture
async def house(stack: Stack) -> AsyncIterator[House]:
    """Five in office, and nothing in the register of sittings."""
    async with sitting_committee(stack) as one:
        yield one


def refused(answer: Any) -> list[str]:
    """The fields that a refusal names."""
    assert answer.status_code == 422, answer.text
    return [each["field"] for each in answer.json()["errors"]]


async def said(house: House, kind: Any, field: str) -> list[Any]:
    """One field of all that was said of a type, oldest first."""
    return [json.loads(each)["data"][field] for each in await house.api.said(kind)]


async def test_a_sitting_is_played_from_its_plan_to_what_was_reported(house: House) -> None:
    """Sent twice, each step is done once. The two ways of not being done stay apart."""
    api = house.api
    sitting, (item,) = await house.planned("case")
    again = {"kind": "emergency", "starts": await house.ago(2)}
    await api.ask(SECRETARY, "PUT", house.path + sitting, again)
    await api.ask(SECRETARY, "PUT", item, {"source": "own", "topic": "case"})
    await api.ask(SECRETARY, "PUT", f"{sitting}/invited", {"bodies": ["police"]})
    minutes = await house.minutes(*HERE)
    for _ in range(2):
        told = await api.ask(SECRETARY, "PUT", f"{sitting}/held", minutes)
    assert told["quorum"] == {"seats": 5, "needed": 3, "filled": 4}
    assert (told["number"], len(told["agenda"]), told["closed"]) == (1, 1, False)
    await house.settled(item)
    assert await house.actions(SECRETARY) == []
    for _ in range(2):
        assert (await api.ask(SECRETARY, "POST", f"{sitting}/close"))["closed"]
    late = {"source": "own", "topic": "aid"}
    assert await api.status(SECRETARY, "PUT", f"{sitting}/agenda/{uuid4()}", late) == 409
    (action,) = await house.actions(member(4))
    assert (action["status"], action["person"], action["overdue"]) == ("open", "st-2", False)
    report = {"status": "not-done-circumstances", "reported_on": await house.day()}
    path = f"/actions/{action['action_id']}/report"
    for _ in range(2):
        assert (await api.ask(SECRETARY, "PUT", path, report))["status"] == report["status"]
    assert await api.status(member(2), "PUT", path, report) == 403
    assert await api.ask(SECRETARY, "PUT", f"{sitting}/held", minutes)
    assert await said(house, SittingHeld, "sitting_id") == [told["sitting_id"]]
    assert await said(house, ActionChanged, "status") == ["open", report["status"]]


async def test_whoever_leaves_an_item_learns_nothing_of_it(house: House) -> None:
    """Neither before nor after: by no list, number, minutes or action. Others see who left."""
    api = house.api
    whole, (first, second) = await house.planned("case", "plan")
    alone, (only,) = await house.planned("case")
    for sitting, item in ((whole, first), (alone, only)):
        await house.leaves(item, CHAIR, "st-2")
        await house.held(sitting)
        await house.settled(item, decisions=[await house.decision(person=None)])
    await house.settled(second, **NOTED)
    for sitting in (whole, alone):
        await api.ask(SECRETARY, "POST", f"{sitting}/close")
    seen = await api.ask(member(2), "GET", whole)
    assert [each["number"] for each in seen["agenda"]] == [1]
    assert second.endswith(seen["agenda"][0]["item_id"])
    assert await api.status(member(2), "GET", alone) == 404
    seen = (await api.ask(member(2), "GET", f"{house.path}/sittings"))["sittings"]
    assert [each["number"] for each in seen] == [1]
    assert whole.endswith(seen[0]["sitting_id"])
    assert (await house.actions(member(2)), len(await house.actions(member(3)))) == ([], 2)
    assert (await api.ask(member(3), "GET", whole))["agenda"][0]["left"] == ["st-2"]


async def test_a_number_does_not_tell_that_an_earlier_sitting_is_hidden(house: House) -> None:
    """Who left all of the first counts the second as their first."""
    hidden, (item,) = await house.planned("case")
    await house.leaves(item, member(2))
    await house.held(hidden)
    shown, _ = await house.planned("plan")
    assert (await house.held(shown))["number"] == 2
    assert (await house.api.ask(member(2), "GET", shown))["number"] == 1


async def test_a_secretary_who_left_closes_the_others_and_their_deputy_that_one(
    house: House,
) -> None:
    """To them it looks as if all were closed; nothing of the rest is undone by that."""
    api = house.api
    await house.joined(DEPUTY, house.members[SECRETARY.staff_id])
    sitting, (hidden, shown) = await house.planned("case", "plan")
    await house.leaves(hidden, SECRETARY)
    await house.held(sitting, *HERE, "st-deputy")
    await house.settled(shown, **NOTED)
    assert (await api.ask(SECRETARY, "POST", f"{sitting}/close"))["closed"]
    assert not (await api.ask(DEPUTY, "GET", sitting))["closed"]
    assert (await house.settle(hidden)).status_code == 404
    await house.settled(hidden, DEPUTY)
    assert (await api.ask(DEPUTY, "POST", f"{sitting}/close"))["closed"]
    assert (len(await house.actions(DEPUTY)), await house.actions(SECRETARY)) == (1, [])


async def test_who_was_present_stands_once_any_item_has_an_outcome(house: House) -> None:
    """Also for a secretary who left the only item of which one is recorded."""
    await house.joined(DEPUTY, house.members[SECRETARY.staff_id])
    sitting, (hidden, _) = await house.planned("case", "plan")
    await house.leaves(hidden, SECRETARY)
    told = await house.held(sitting, *HERE, "st-deputy")
    assert (await house.api.ask(SECRETARY, "GET", sitting))["correctable"]
    await house.settled(hidden, DEPUTY)
    assert not (await house.api.ask(SECRETARY, "GET", sitting))["correctable"]
    assert not (await house.api.ask(member(2), "GET", sitting))["correctable"]
    again = await house.minutes(*HERE)
    answer = await house.api.call(SECRETARY, "PUT", f"{sitting}/held", again)
    assert (answer.status_code, "who was present stands" in answer.text) == (409, True)
    assert (await house.api.ask(DEPUTY, "GET", sitting))["attendance"] == told["attendance"]


async def test_a_cancelled_sitting_can_be_held_until_its_day_is_over(house: House) -> None:
    """Taken back twice it is planned once; nobody takes back that one was held."""
    sitting, late = f"/sittings/{uuid4()}", f"/sittings/{uuid4()}"
    for each, ahead in ((sitting, 1), (late, -1)):
        body = {"kind": "ordinary", "starts": f"{await house.day(ahead)}T10:00:00+06:00"}
        await house.api.ask(SECRETARY, "PUT", house.path + each, body)
        await house.api.ask(SECRETARY, "POST", f"{each}/cancel")
    assert await house.api.status(member(2), "POST", f"{sitting}/reinstate") == 403
    answer = await house.api.call(SECRETARY, "POST", f"{late}/reinstate")
    assert (answer.status_code, "its day is over" in answer.text) == (409, True)
    for _ in range(2):
        again = await house.api.ask(SECRETARY, "POST", f"{sitting}/reinstate")
        assert again["state"] == "planned"
    item = {"source": "own", "topic": "case"}
    await house.api.ask(SECRETARY, "PUT", f"{sitting}/agenda/{uuid4()}", item)
    await house.held(sitting)
    assert await house.api.status(SECRETARY, "POST", f"{sitting}/reinstate") == 409


async def test_who_was_entered_in_error_is_taken_back_while_nothing_rests_on_it(
    house: House,
) -> None:
    """Then they are in no list and no quorum. Also what is hidden from whoever asks rests on it."""
    sitting, (item, _) = await house.planned("case", "plan")
    await house.joined(DEPUTY, house.members["st-3"])
    await house.leaves(item, SECRETARY)
    await house.held(sitting, *HERE)
    await house.settled(item, DEPUTY, decisions=[await house.decision(person="st-4")])
    where = {who: f"{house.path}/members/{each}/withdraw" for who, each in house.members.items()}
    for who, words in (
        ("st-1", "is the chair"),
        ("st-2", "taken part"),
        ("st-3", "their deputy"),
        ("st-4", "taken part"),
    ):
        answer = await house.api.call(SECRETARY, "POST", where[who])
        assert (answer.status_code, words in answer.text) == (409, True), who
    assert await house.api.status(member(2), "POST", where["st-deputy"]) == 403
    for _ in range(2):
        assert await house.api.status(SECRETARY, "POST", where["st-deputy"]) == 204
    found = (await house.api.ask(SECRETARY, "GET", f"{house.path}/members"))["members"]
    assert {each["staff_id"] for each in found} == set(house.members) - {"st-deputy"}


async def test_an_item_that_is_hidden_cannot_be_taken_off_by_whoever_left(house: House) -> None:
    """Nor may what they do take off more than they see: a sitting may be hidden from there on."""
    sitting, (hidden, shown) = await house.planned("case", "plan")
    await house.leaves(hidden, SECRETARY)
    assert await house.api.status(SECRETARY, "DELETE", hidden) == 404
    assert await house.api.status(SECRETARY, "DELETE", shown) == 204
    assert await house.api.status(SECRETARY, "GET", sitting) == 404
    assert len((await house.api.ask(CHAIR, "GET", sitting))["agenda"]) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"chair": "st-4"}, "chair"),
        (
            {"attendance": [{"staff_id": "st-nobody", "status": "present"}]},
            "attendance[0].staff_id",
        ),
        ({"invited": [{"body": "police", "came": False, "signed": True}]}, "invited[0].signed"),
        ({"starts": "2026-11-24T10:00:00+06:00", "ends": "2026-11-24T09:00:00+06:00"}, "ends"),
    ],
)
async def test_minutes_that_cannot_be_are_refused_whole(
    house: House, fields: dict[str, Any], field: str
) -> None:
    """The field is named, and nothing is kept."""
    sitting, _ = await house.planned("case")
    body = await house.minutes(*HERE, **fields)
    assert refused(await house.api.call(SECRETARY, "PUT", f"{sitting}/held", body)) == [field]
    known = await house.api.ask(SECRETARY, "GET", sitting)
    assert (known["state"], known["attendance"]) == ("planned", [])


async def test_nothing_is_decided_without_a_quorum_or_by_more_than_were_there(
    house: House,
) -> None:
    """Whoever left fills no seat, for the vote and for the quorum; an emergency changes nothing."""
    sitting, (item,) = await house.planned("case")
    await house.held(sitting, "st-secretary", "st-1", "st-2")
    four, two = ({"in_favour": each, "against": 0, "abstained": 0} for each in (4, 2))
    assert refused(await house.settle(item, votes=four)) == ["votes"]
    await house.settled(item)
    await house.leaves(item, member(2))
    assert refused(await house.settle(item, votes=two)) == ["result"]
    await house.settled(item, **NOTED | {"result": "postponed"})


async def test_whoever_the_incident_excludes_votes_on_nothing_of_it(house: House) -> None:
    """They fill no seat, nothing is given to them, and whoever keeps the minutes is told of them;
    the minutes tell nobody."""
    api = house.api
    sitting, (item,) = await house.planned("case")
    matter = (await api.ask(SECRETARY, "GET", sitting))["agenda"][0]["matter_id"]
    await house.excluded(matter, member(3))
    await house.held(sitting)
    four, three = ({"in_favour": each, "against": 0, "abstained": 0} for each in (4, 3))
    assert refused(await house.settle(item, votes=four)) == ["votes"]
    theirs = [await house.decision(person="st-3")]
    assert refused(await house.settle(item, decisions=theirs)) == ["decisions[0].person"]
    await house.settled(item, votes=three)
    name = item.rpartition("/")[2]
    told = await api.ask(SECRETARY, "GET", f"{sitting}/barred")
    assert told == {"items": {name: ["st-3"]}, "unheard": []}
    assert await api.status(member(2), "GET", f"{sitting}/barred") == 403
    assert (await api.ask(member(2), "GET", sitting))["agenda"][0]["left"] == []
    assert await api.status(member(3), "GET", sitting) == 404


async def test_an_item_waits_until_it_is_known_who_must_not_hear_it(house: House) -> None:
    """Nobody is counted as gone meanwhile: it is said to be too early, and to try again."""
    api = house.api
    sitting, (item,) = await house.planned("case")
    matter = (await api.ask(SECRETARY, "GET", sitting))["agenda"][0]["matter_id"]
    await house.held(sitting)
    await house.linked(matter)
    told = await api.ask(SECRETARY, "GET", f"{sitting}/barred")
    assert told["unheard"] == [item.rpartition("/")[2]]
    assert (await house.settle(item)).status_code == 503
    await house.excluded(matter, member(3))
    told = await api.ask(SECRETARY, "GET", f"{sitting}/barred")
    assert (list(told["items"].values()), told["unheard"]) == ([["st-3"]], [])
    await house.settled(item, votes={"in_favour": 3, "against": 0, "abstained": 0})


async def test_who_is_here_is_entered_as_they_come(house: House) -> None:
    """The quorum is counted each time, until the sitting was held."""
    sitting, _ = await house.planned("case")
    path = f"{sitting}/attendance"
    for count, filled in ((2, 2), (4, 4)):
        here = [{"staff_id": each, "status": "present"} for each in HERE[:count]]
        await house.api.ask(SECRETARY, "PUT", path, {"attendance": here})
        told = await house.api.ask(member(2), "GET", sitting)
        assert told["quorum"] == {"seats": 5, "needed": 3, "filled": filled}
    twice = [{"staff_id": "st-1", "status": "present"}] * 2
    answer = await house.api.call(SECRETARY, "PUT", path, {"attendance": twice})
    assert refused(answer) == ["attendance[1].staff_id"]
    await house.held(sitting)
    assert await house.api.status(SECRETARY, "PUT", path, {"attendance": []}) == 409


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(house: House) -> None:
    """Whoever says what they saw is told, and nothing is written: of who is here, of an outcome,
    and at closing, which is for good."""
    api = house.api
    sitting, (item,) = await house.planned("case")
    here = {"attendance": [{"staff_id": "st-1", "status": "present"}]}

    async def seen() -> dict[str, Any]:
        return {"seen": (await api.ask(SECRETARY, "GET", sitting))["seen"]}

    before = await seen()
    attendance = f"{sitting}/attendance"
    await api.ask(SECRETARY, "PUT", attendance, here | before)
    assert await api.status(SECRETARY, "PUT", attendance, {"attendance": []} | before) == 409
    await api.ask(SECRETARY, "PUT", attendance, here | await seen())
    await house.held(sitting)
    shown = await api.ask(SECRETARY, "GET", sitting)
    was = shown["agenda"][0]["seen"]
    await house.settled(item, seen=was)
    assert (await house.settle(item, **NOTED, seen=was)).status_code == 409
    closing = f"{sitting}/close"
    assert await api.status(SECRETARY, "POST", closing, {"seen": shown["seen"]}) == 409
    minutes = await api.ask(SECRETARY, "POST", closing, await seen())
    assert (minutes["closed"], minutes["agenda"][0]["result"]) == (True, "decided")


async def test_an_action_is_given_to_somebody_else_and_what_was_before_stays(
    house: House,
) -> None:
    """Its day too; what was reported by mistake is taken back, and that is told as well."""
    api = house.api
    sitting, (item,) = await house.planned("case")
    await house.leaves(item, member(4))
    await house.held(sitting)
    await house.settled(item)
    await api.ask(SECRETARY, "POST", f"{sitting}/close")
    (action,) = await house.actions(SECRETARY)
    path, later = f"/actions/{action['action_id']}", await house.day(15)
    for who, field in (("st-4", "person"), ("st-nobody", "person")):
        wanted = {"due": later, "person": who}
        assert refused(await api.call(SECRETARY, "PUT", f"{path}/terms", wanted)) == [field]
    for _ in range(2):
        await api.ask(SECRETARY, "PUT", f"{path}/terms", {"due": later, "person": "st-3"})
    done = {"status": "done", "reported_on": await house.day()}
    await api.ask(SECRETARY, "PUT", f"{path}/report", done)
    assert await api.status(SECRETARY, "PUT", f"{path}/terms", {"due": later}) == 409
    await api.ask(SECRETARY, "PUT", f"{path}/report", {"status": "open"})
    told = await api.ask(member(2), "GET", path)
    story = [(each["person"], each["due"], each["status"]) for each in told["story"]]
    assert story == [
        ("st-2", action["due"], "open"),
        ("st-3", later, "open"),
        ("st-3", later, "done"),
        ("st-3", later, "open"),
    ]
    assert {each["by"] for each in told["story"]} == {SECRETARY.staff_id}
    assert await api.status(member(4), "GET", path) == 404


async def test_an_appeal_is_open_until_a_sitting_has_dealt_with_it(house: House) -> None:
    """What was postponed waits for another sitting."""
    api, appeal = house.api, str(uuid4())
    written = {
        "received_on": await house.day(),
        "journal_no": "9",
        "way": "oral",
        "kind": "application",
        "subject": "other",
        "sex": "female",
        "age_band": "unknown",
    }
    known = await api.ask(SECRETARY, "PUT", f"/appeals/{appeal}", written)
    for result, waits in (("postponed", True), ("noted", False)):
        sitting, _ = await house.planned()
        item = f"{sitting}/agenda/{uuid4()}"
        about = {"source": "appeal", "topic": "appeal", "matter_id": known["matter_id"]}
        await api.ask(SECRETARY, "PUT", item, about)
        await house.held(sitting)
        await house.settled(item, **NOTED | {"result": result})
        await api.ask(SECRETARY, "POST", f"{sitting}/close")
        for asked in (True, False):
            found = await api.ask(SECRETARY, "GET", f"/appeals?dealt_with={str(asked).lower()}")
            assert len(found["appeals"]) == (asked is not waits), result


async def test_another_committee_and_whoever_coordinates_see_no_sitting(house: House) -> None:
    """Another's secretary may not even plan there; figures are the report's."""
    sitting, (item,) = await house.planned("case")
    for path in (sitting, f"{house.path}/sittings", f"{house.path}/actions"):
        assert await house.api.status(STRANGER, "GET", path) == 404
        assert await house.api.status(COORDINATOR, "GET", path) == 403
    body = {"kind": "ordinary", "starts": await house.ago(1)}
    assert await house.api.status(STRANGER, "PUT", house.path + sitting, body) == 404
    assert await house.api.status(STRANGER, "POST", f"{item}/leave", {}) == 404


async def test_nobody_is_reminded_who_sits_there_no_more(house: House) -> None:
    """Whose account still works is no member for that: the chair is reminded in their place."""
    await house.noon()
    sitting, (item,) = await house.planned("case")
    await house.held(sitting)
    await house.settled(item)
    await house.api.ask(SECRETARY, "POST", f"{sitting}/close")
    before = len(await said(house, NoticeRequested, "staff_id"))
    for each in ("st-2", SECRETARY.staff_id):
        last = {"member_to": await house.day()}
        path = f"{house.path}/members/{house.members[each]}/leave"
        await house.api.ask(SECRETARY, "POST", path, last)
    await turn_clock(house.api.stack, timedelta(days=7))
    await house.reminds()
    assert (await said(house, NoticeRequested, "staff_id"))[before:] == ["st-1"]


async def test_people_are_reminded_before_and_on_the_day_and_once(house: House) -> None:
    """Who sees to it and the secretary; not whoever left, and the chair in their place."""
    await house.noon()
    sitting, (item,) = await house.planned("case")
    await house.held(sitting)
    later = await house.decision(person=None, due=await house.day(20))
    await house.settled(item, decisions=[await house.decision(), later])
    await house.api.ask(SECRETARY, "POST", f"{sitting}/close")
    for days in (6, 2, 2, 1):
        await turn_clock(house.api.stack, timedelta(days=days))
        await house.reminds()
        await house.reminds()
    templates = await said(house, NoticeRequested, "template")
    told = await said(house, NoticeRequested, "staff_id")
    assert templates == ["action-due-soon"] * 2 + ["action-due-today"] * 2
    assert told == ["st-2", "st-secretary"] * 2
    await house.leaves(item, SECRETARY)
    await turn_clock(house.api.stack, timedelta(days=7))
    await house.reminds()
    assert (await said(house, NoticeRequested, "staff_id"))[4:] == ["st-1"]
