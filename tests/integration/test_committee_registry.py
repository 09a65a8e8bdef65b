"""The registry: who approves a committee, who enters whom into it, and who sees what of that."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest_asyncio

from deploy.local.stack import Stack
from shared.events.committee import CommitteeChanged
from shared.security.tokens import Caller
from tests.support.committee_api import (
    COORDINATOR,
    MEMBER,
    POLICE,
    SECRETARY,
    STRANGER,
    Api,
    approval,
    committee_api,
    joining,
)

AUDITOR = Caller("st-auditor", "ministry", frozenset({"auditor"}))
NARYN = replace(COORDINATOR, staff_id="st-naryn", territories=("41704",))
OSH = replace(COORDINATOR, staff_id="st-osh", territories=("41706",))


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """Two committees in which nobody sits yet."""
    async with committee_api(stack) as one:
        for each in (AUDITOR, NARYN, OSH):
            await one.knows(each)
        yield one


def home(api: Api, organisation: str = SECRETARY.organisation) -> str:
    """The address of a committee."""
    return f"/committees/{api.committees[organisation]}"


def refused(answer: httpx.Response) -> list[str]:
    """Which fields were refused."""
    assert answer.status_code == 422, answer.text
    return [each["field"] for each in answer.json()["errors"]]


async def test_a_body_is_one_of_the_country_s_list(api: Api) -> None:
    """So that lists, minutes and reports have one name for each, in each language."""
    assert all(
        set(names) == {"ky", "ru", "en"} for names in api.deps.jurisdiction.profile.bodies.values()
    )
    wrong, sitting = "elders", f"/sittings/{uuid4()}"
    starts = {"kind": "emergency", "starts": f"{await api.today()}T14:00:00+06:00"}
    await api.ask(SECRETARY, "PUT", home(api) + sitting, starts)
    row = {"year": (await api.today()).year, "quarter": 1, "work": "training"}
    row |= {"prepares": "police", "reports": "police", "money": "none"}
    for method, path, body, field in (
        ("POST", f"{home(api)}/members", joining(SECRETARY.staff_id, body=wrong), "body"),
        ("PUT", f"{sitting}/invited", {"bodies": ["police", wrong]}, "bodies[1]"),
        ("PUT", f"/plan-items/{uuid4()}", row | {"reports": wrong}, "reports"),
    ):
        assert refused(await api.call(SECRETARY, method, path, body)) == [field]


async def test_a_committee_is_approved_in_the_coordinator_s_own_territory_alone(api: Api) -> None:
    """Elsewhere there is no such territory, nor the committee; who coordinates nothing may not."""
    new = approval(organisation="committee-new", territory="41704245847000")
    for caller, status in (
        (OSH, 404),
        (SECRETARY, 403),
        (AUDITOR, 403),
        (NARYN, 201),
        (NARYN, 409),
    ):
        assert await api.status(caller, "POST", "/committees", new) == status, caller
    for caller, status in ((OSH, 404), (STRANGER, 403), (SECRETARY, 403), (NARYN, 200)):
        assert await api.status(caller, "PUT", home(api), approval(order_no="15")) == status, caller


async def test_chair_and_secretary_are_members_and_sit_by_sector(api: Api) -> None:
    """Nobody twice, nobody in two sectors, nobody of elsewhere; a deputy stands for a member who is
    none. Whoever has left counts until their last day."""
    chair = Caller("st-chair", SECRETARY.organisation, frozenset({"member"}))
    named = approval(chair=chair.staff_id, secretary=SECRETARY.staff_id)
    assert refused(await api.call(NARYN, "PUT", home(api), named)) == ["chair"]
    of_chair, of_secretary = await api.sits(chair), await api.sits(SECRETARY)
    deputy = await api.sits(MEMBER, sector="state-police", body="police", deputy_of=of_chair)
    found = await api.ask(NARYN, "PUT", home(api), named)
    assert found["members"] == {"community-aksakal-court": 2, "state-police": 1}
    for fields, field in (
        (joining(chair.staff_id, sector="ngo"), "staff_id"),
        (joining(STRANGER.staff_id), "staff_id"),
        (joining("st-nobody"), "staff_id"),
        (joining("st-more", deputy_of=deputy), "deputy_of"),
        (joining("st-more", deputy_of="nobody"), "deputy_of"),
        (joining("st-more", sector="kings"), "sector"),
        (joining("st-more", order_no="о принятии Асановой"), "order_no"),
    ):
        await api.knows(replace(chair, staff_id="st-more"))
        answer = await api.call(SECRETARY, "POST", f"{home(api)}/members", fields)
        assert refused(answer) == [field], fields
    today = await api.today()
    leaving = {"member_to": str(today - timedelta(days=1))}
    await api.ask(SECRETARY, "POST", f"{home(api)}/members/{of_secretary}/leave", leaving)
    assert refused(await api.call(NARYN, "PUT", home(api), named)) == ["secretary"]
    found = await api.ask(MEMBER, "GET", f"{home(api)}/members")
    assert {each["staff_id"]: each["sits"] for each in found["members"]} == {
        "st-chair": True,
        "st-secretary": False,
        "st-member": True,
    }


async def test_the_chair_keeps_the_registers_too_and_no_other_member(api: Api) -> None:
    """By the registry: the token says member of both."""
    await api.sits(MEMBER)
    other = replace(MEMBER, staff_id="st-other")
    await api.sits(other)
    await api.ask(NARYN, "PUT", home(api), approval(chair=MEMBER.staff_id))
    await api.knows(replace(MEMBER, staff_id="st-more"))
    for caller, status in ((other, 403), (MEMBER, 201)):
        body = joining("st-more")
        assert await api.status(caller, "POST", f"{home(api)}/members", body) == status


async def test_what_is_sent_twice_is_entered_once(api: Api) -> None:
    """A double tap is answered like the first; of two approvals at once one is told of the other,
    and so is who coordinates elsewhere."""
    await api.knows(MEMBER)
    path, body = f"{home(api)}/members", joining(MEMBER.staff_id)
    first, second = [await api.ask(SECRETARY, "POST", path, body) for _ in range(2)]
    assert first == second
    assert refused(await api.call(SECRETARY, "POST", path, body | {"body": "police"})) == [
        "staff_id"
    ]
    new = approval(organisation="committee-new", territory="41704245847000")
    twice = (api.status(NARYN, "POST", "/committees", new) for _ in range(2))
    assert sorted(await asyncio.gather(*twice)) == [201, 409]
    assert (
        await api.status(OSH, "POST", "/committees", new | {"territory": "41706211000000"}) == 409
    )
    for _ in range(2):
        await api.ask(NARYN, "PUT", home(api), approval(secretary=MEMBER.staff_id))
    told = [each for each in await api.said(CommitteeChanged) if home(api)[12:] in each]
    assert len(told) == 2, "it was approved, and its secretary named"


async def test_members_are_entered_in_one_s_own_committee_alone(api: Api) -> None:
    """Also by a secretary who coordinates, and so sees others. Nobody leaves before they join."""
    both = replace(NARYN, organisation="committee-emgek", roles=STRANGER.roles | NARYN.roles)
    seat = await api.sits(MEMBER)
    await api.knows(both)
    await api.knows(replace(MEMBER, staff_id="st-more"))
    path, leave = f"{home(api)}/members", f"{home(api)}/members/{seat}/leave"
    assert await api.status(both, "GET", path) == 200
    assert await api.status(both, "POST", path, joining("st-more")) == 404
    assert await api.status(both, "POST", leave, {"member_to": str(await api.today())}) == 404
    early = await api.call(SECRETARY, "POST", leave, {"member_to": "2026-01-11"})
    assert refused(early) == ["member_to"]


async def test_who_sits_no_more_reads_and_keeps_nothing(api: Api) -> None:
    """On the day after their last: neither a member nor the chair, whose accounts are still there.
    A secretary's role is an administrator's to take."""
    today = await api.today()
    past = {"member_to": str(today - timedelta(days=1))}
    members, reads = f"{home(api)}/members", ("/appeals", f"{home(api)}/sittings", "/report")
    chair = replace(MEMBER, staff_id="st-chair")
    seats = {each: await api.sits(each) for each in (MEMBER, chair, SECRETARY)}
    await api.ask(NARYN, "PUT", home(api), approval(chair=chair.staff_id))
    await api.knows(replace(MEMBER, staff_id="st-more"))
    for caller, seat in seats.items():
        await api.ask(SECRETARY, "POST", f"{members}/{seat}/leave", {"member_to": str(today)})
        assert await api.status(caller, "GET", "/appeals") == 200, caller
        await api.ask(SECRETARY, "POST", f"{members}/{seat}/leave", past)
    for caller, status in ((MEMBER, 404), (chair, 404), (SECRETARY, 200)):
        for path in (*reads, members):
            query = f"?year={today.year}" if path == "/report" else ""
            assert await api.status(caller, "GET", path + query) == status, f"{caller} {path}"
    assert await api.status(chair, "POST", members, joining("st-more")) == 404


async def test_whose_a_committee_is_not_finds_none(api: Api) -> None:
    """Another committee, and police; the auditor is shown figures, and no register."""
    member = await api.sits(MEMBER)
    paths = (home(api), f"{home(api)}/members", f"{home(api)}/terms")
    for path in paths:
        for caller, status in (
            (STRANGER, 404),
            (OSH, 404),
            (POLICE, 403),
            (AUDITOR, 403),
            (MEMBER, 200),
            (NARYN, 200),
        ):
            assert await api.status(caller, "GET", path) == status, f"{caller} {path}"
    assert await api.status(STRANGER, "POST", paths[1], joining("st-stranger")) == 404
    leaving = {"member_to": str(await api.today())}
    assert await api.status(STRANGER, "POST", f"{paths[1]}/{member}/leave", leaving) == 404
    for caller, count in ((COORDINATOR, 2), (NARYN, 2), (OSH, 0), (STRANGER, 1), (MEMBER, 1)):
        found = await api.ask(caller, "GET", "/committees")
        assert len(found["committees"]) == count, caller


async def test_approved_anew_it_was_approved_before(api: Api) -> None:
    """The term that was stays as it was, and figures of a past day with it; a correction of the
    same order begins none."""
    await api.sits(MEMBER)
    today, day = await api.today(), timedelta(days=1)
    first, second = today - 40 * day, today - 10 * day
    was = approval(order_no="1", order_on=str(first), term_from=str(first), term_to=str(first))
    for body in (was | {"term_to": str(second)}, was):
        await api.ask(NARYN, "PUT", home(api), body)
    new = approval(order_no="2", order_on=str(second), term_from=str(second))
    await api.ask(NARYN, "PUT", home(api), new)
    found = (await api.ask(MEMBER, "GET", f"{home(api)}/terms"))["terms"]
    assert [(each["order_no"], each["term_from"], each["term_to"]) for each in found] == [
        ("1", str(first), str(first)),
        ("14-б", "2026-01-12", str(first - day)),
    ]
    for then, status in ((first, 200), (first + day, 422), (second, 200)):
        sitting = {"kind": "ordinary", "starts": f"{then}T14:00:00+06:00"}
        asked = f"{home(api)}/sittings/{uuid4()}"
        assert await api.status(SECRETARY, "PUT", asked, sitting) == status, then
    again = new | {"order_on": str(first), "term_from": str(first)}
    assert refused(await api.call(NARYN, "PUT", home(api), again)) == ["term_from"]
    for then, active, lapsed in ((first, 2, 0), (first + day, 1, 1), (second, 2, 0)):
        whole = (await api.ask(NARYN, "GET", f"/coverage?day={then}"))["whole"]
        assert (whole["active"], whole["lapsed"]) == (active, lapsed), then


async def test_coverage_is_a_table_of_the_caller_s_own_territory(api: Api) -> None:
    """Of the 452 for the whole country; by place, also those without any; as CSV the same."""
    ended = approval(ended_on=str(await api.today()))
    await api.ask(NARYN, "PUT", home(api, STRANGER.organisation), ended)
    for caller in (AUDITOR, COORDINATOR):
        found = await api.ask(caller, "GET", "/coverage")
        counts = {name: found["whole"][name] for name in ("active", "lapsed", "without")}
        assert (found["whole"]["expected"], counts) == (
            452,
            {"active": 1, "lapsed": 0, "without": 451},
        )
        shown = {each["code"]: each["active"] for each in found["below"]}
        assert (shown["41704"], shown["41706"], len(shown)) == (1, 0, 9)
    assert (await api.ask(NARYN, "GET", "/coverage"))["whole"]["code"] == "41704"
    units = await api.ask(NARYN, "GET", "/coverage?area=41704245")
    assert {each["code"]: each["active"] for each in units["below"]}["41704245845"] == 1
    table = (await api.call(NARYN, "GET", "/coverage.csv?area=41704245")).text.splitlines()
    assert len(table) == 3 + len(units["below"])
    assert table[-1].endswith(",,0,0,"), "of whole raions, of which nobody expects any"
    for caller, path, status in (
        (OSH, "?area=41704", 404),
        (NARYN, "?area=417", 404),
        (NARYN, "?area=41704245845", 422),
        (SECRETARY, "", 403),
    ):
        assert await api.status(caller, "GET", f"/coverage{path}") == status, path
