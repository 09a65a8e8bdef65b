"""Appeals: entered once, opened as incidents or answered, and hidden from whoever must not know."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.committee import jobs, matters
from services.committee.progress import store as progress
from shared.events import Envelope, Event, event_type
from shared.events.committee import AppealChanged
from shared.events.intake import ExclusionsChanged
from shared.events.referral import ServiceRequestChanged
from shared.events.words import Fulfilment, ServiceRequestStatus
from shared.security.tokens import Caller
from tests.stack import scratch, turn_clock
from tests.support.committee_api import COORDINATOR, MEMBER, SECRETARY, STRANGER, Api, committee_api
from tests.support.eventually import eventually
from tests.support.waiting import lock_waits

VILLAGE = "41704245845020"


@pytest_asyncio.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    """Of these tests' own: they turn its clock by months."""
    async with scratch() as own:
        yield own


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """Two committees that have nothing in their registers."""
    async with committee_api(stack) as one:
        await one.sits(MEMBER)
        yield one


async def appeal(api: Api, **fields: Any) -> dict[str, Any]:
    """The body of PUT /appeals: a woman of Uchkun wrote some days ago."""
    return {
        "received_on": (await api.today() - timedelta(days=5)).isoformat(),
        "journal_no": "17-б",
        "way": "written",
        "kind": "application",
        "subject": "domestic-violence",
        "village": VILLAGE,
        "sex": "female",
        "age_band": "30-44",
    } | fields


async def entered(api: Api, **fields: Any) -> str:
    """A new appeal of Uchkun's; its address."""
    path = f"/appeals/{uuid4()}"
    await api.ask(SECRETARY, "PUT", path, await appeal(api, **fields))
    return path


async def listed(api: Api, caller: Caller = SECRETARY, query: str = "") -> list[str]:
    """The addresses of what somebody sees in the register, on all pages."""
    found, cursor = [], ""
    while True:
        page = await api.ask(caller, "GET", f"/appeals?limit=1{query}{cursor}")
        found += [f"/appeals/{each['appeal_id']}" for each in page["appeals"]]
        if "next" not in page:
            return found
        cursor = f"&cursor={page['next']}"


async def linked(api: Api, path: str, incident: str) -> None:
    """The page opened it in intake, and says so."""
    await api.ask(SECRETARY, "PUT", f"{path}/incident", {"incident_id": incident})


def placed(incident: str, **fields: Any) -> ServiceRequestChanged:
    """Somebody said yes to a need of an incident."""
    return ServiceRequestChanged(
        **{
            "incident_id": incident,
            "service_request_id": str(uuid4()),
            "need_id": str(uuid4()),
            "service_type": "shelter",
            "status": ServiceRequestStatus.ACTIVE,
            "fulfilment": Fulfilment.PLACED,
            "public_id": "K7M4P2",
        }
        | fields
    )


async def test_what_is_sent_twice_is_there_once_and_only_for_its_committee(api: Api) -> None:
    """Also while somebody sends it again; another committee and the ministry see no row of it."""
    first, second = await entered(api), await entered(api, journal_no="18")
    await api.ask(SECRETARY, "PUT", first, await appeal(api))
    await api.ask(SECRETARY, "PUT", first, await appeal(api, journal_no="19"))
    assert sorted(await listed(api)) == sorted([first, second])
    assert (await api.ask(MEMBER, "GET", first))["journal_no"] == "19"
    assert await listed(api, STRANGER) == []
    assert await api.status(STRANGER, "GET", first) == 404
    assert await api.status(STRANGER, "PUT", first, await appeal(api)) == 404
    assert await api.status(COORDINATOR, "GET", "/appeals") == 403
    assert await api.status(MEMBER, "PUT", first, await appeal(api)) == 403


async def test_bad_input_is_refused_by_its_field_and_nothing_is_kept(api: Api) -> None:
    """A village that is none, an age that is no band, a number that could be a name, a name."""
    for field, value in (
        ("village", "00000000000001"),
        ("age_band", "34"),
        ("journal_no", "Асель"),
        ("name", "Асель"),
    ):
        path = f"/appeals/{uuid4()}"
        refused = await api.call(SECRETARY, "PUT", path, await appeal(api, **{field: value}))
        assert refused.status_code == 422
        assert [each["field"] for each in refused.json()["errors"]] == [field]
        assert value not in refused.text
    assert await listed(api) == []


async def test_an_incident_shows_progress_also_from_before_it_was_linked(api: Api) -> None:
    """What referral said in between is not lost; its village is intake's from then on; it is not
    answered by letter, and no event says which incident it is."""
    path, incident = await entered(api), str(uuid4())
    early = placed(incident)
    await api.hear(early, early.service_request_id)
    await api.hear(ExclusionsChanged(incident_id=incident))
    await linked(api, path, incident)
    await linked(api, path, incident)
    shown = await api.ask(MEMBER, "GET", path)
    assert (shown["state"], shown["village"]) == ("incident", None)
    assert [(each["public_id"], each["progress"]) for each in shown["needs"]] == [
        ("K7M4P2", "accepted")
    ]
    later = early.model_copy(update={"status": ServiceRequestStatus.COMPLETED})
    await api.hear(later, early.service_request_id)
    needs = (await api.ask(MEMBER, "GET", "/appeals"))["appeals"][0]["needs"]
    assert [each["progress"] for each in needs] == ["completed"]
    letter = {"answer": "explained", "answered_on": (await api.today()).isoformat()}
    assert await api.status(SECRETARY, "PUT", f"{path}/answer", letter) == 409
    assert (
        await api.status(SECRETARY, "PUT", f"{path}/incident", {"incident_id": str(uuid4())}) == 409
    )
    said = await api.said(AppealChanged)
    assert len(said) == 2
    assert not any(secret in each for each in said for secret in (incident, VILLAGE, "30-44"))


async def test_whoever_is_excluded_or_left_sees_nothing_of_an_incident(api: Api) -> None:
    """Before and after, of every appeal about it; and an id that they know tells nothing. Until
    intake has said whom it excludes, that may be anybody but whoever reported it."""
    incident = str(uuid4())
    first, second, other = await entered(api), await entered(api), await entered(api)
    for path in (first, second):
        await linked(api, path, incident)
    assert (len(await listed(api)), await listed(api, MEMBER)) == (3, [other])
    await api.hear(ExclusionsChanged(incident_id=incident))
    assert len(await listed(api, MEMBER)) == 3
    await linked(api, other, incident)
    assert len(await listed(api, MEMBER)) == 3, "it was said before"
    other = await entered(api)
    await api.knows(MEMBER, "tag-of-member")
    digests = api.deps.digests.of(incident, ["tag-of-member"])
    await api.hear(ExclusionsChanged(incident_id=incident, excluded_digests=digests))
    assert await listed(api, MEMBER) == [other]
    await api.hear(ExclusionsChanged(incident_id=incident))
    assert await listed(api, MEMBER) == [other], "nobody is let in again"
    assert await api.status(MEMBER, "GET", first) == 404

    await api.leaves(SECRETARY, (await api.ask(SECRETARY, "GET", first))["matter_id"])
    assert await listed(api) == [other]
    assert await listed(api, query="&state=incident") == []
    for act, body in (("", await appeal(api)), ("/incident", {"incident_id": incident})):
        for path in (first, second):
            assert await api.status(SECRETARY, "PUT", path + act, body) == 404


@pytest.mark.parametrize("first", ["heard", "linked"])
async def test_what_intake_says_while_a_link_is_made_is_not_missed(api: Api, first: str) -> None:
    """Neither of the two is committed when the other begins: the item would wait for ever."""
    incident, path = str(uuid4()), await entered(api)
    matter = (await api.ask(SECRETARY, "GET", path))["matter_id"]
    waiting = await asyncpg.connect(api.stack.superuser("tirek"))

    async def second_waits() -> bool:
        return second.done() or bool(await lock_waits(waiting))

    async with asyncio.TaskGroup() as beside, api.db.transaction() as tx:
        if first == "heard":
            await matters.hear(tx, incident, [])
            second = beside.create_task(linked(api, path, incident))
        else:
            await matters.link(tx, matter, incident, SECRETARY.staff_id)
            second = beside.create_task(api.hear(ExclusionsChanged(incident_id=incident)))
        await eventually(second_waits)
    await waiting.close()
    assert await listed(api, MEMBER) == [path]


async def test_what_was_let_wait_is_late(api: Api) -> None:
    """Fourteen working days of the country's calendar; an answer in time ends the waiting."""
    waiting, done = await entered(api), await entered(api)
    letter = {"answer": "forwarded", "answered_on": (await api.today()).isoformat()}
    refused = await api.call(SECRETARY, "PUT", f"{done}/answer", letter)
    assert [each["field"] for each in refused.json()["errors"]] == ["forwarded_to"]
    await api.ask(SECRETARY, "PUT", f"{done}/answer", letter | {"forwarded_to": "ayil-okmotu"})
    assert await listed(api, query="&late=true") == []
    await turn_clock(api.stack, timedelta(days=60))
    assert await listed(api, query="&late=true") == [waiting]
    assert await listed(api, query="&state=open") == [waiting]


async def test_a_need_was_opened_when_the_first_was_said_whenever_that_is_heard(api: Api) -> None:
    """What is heard late moves the day by which it counts, and not how far it has come."""
    late = placed(str(uuid4()))
    await api.hear(late, late.service_request_id)
    said = late.model_copy(update={"fulfilment": Fulfilment.UNMATCHED})
    async with api.db.transaction() as tx:
        first = tx.now - timedelta(days=40)
        for version, time in ((0, first), (-1, first + timedelta(days=1))):
            envelope = Envelope(
                id=str(uuid4()),
                type=event_type(type(said)),
                source="test",
                subject=said.service_request_id,
                key=said.key,
                time=time,
                correlation_id=said.key,
                aggregate_version=version,
            )
            await progress.save(tx, Event(envelope, said))
        [row] = await tx.fetch("SELECT opened_at, fulfilment FROM service_requests")
    assert tuple(row) == (first, Fulfilment.PLACED)


async def test_progress_of_what_is_no_committees_is_forgotten(api: Api) -> None:
    """After longer than a page may ask intake again; what a committee opened stays."""
    own, foreign = placed(str(uuid4())), placed(str(uuid4()))
    for each in (own, foreign):
        await api.hear(each, each.service_request_id)
    path = await entered(api)
    await linked(api, path, own.incident_id)
    for days, kept in ((34, 2), (2, 1)):
        await turn_clock(api.stack, timedelta(days=days))
        async with api.db.transaction() as tx:
            await jobs.forget(tx)
            assert await tx.fetchval("SELECT count(*) FROM service_requests") == kept
    assert len((await api.ask(SECRETARY, "GET", path))["needs"]) == 1
