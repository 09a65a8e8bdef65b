"""Who is excluded meets no incident of intake: every verb, every role, however they are known."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.intake.api import router
from services.intake.store import consents, incidents
from services.intake.store.incidents import Reported
from shared.db import Tx
from shared.events.intake import ExclusionsChanged, IncidentReported
from shared.events.words import SYSTEM, OfferStatus
from shared.security import visibility
from shared.security.tokens import Caller
from shared.security.visibility import Viewer
from tests.support.intake import OFFICER, Intake, consent, ground, report, running, staff

NOTHING = "00000000-0000-4000-8000-000000000000"
NAME, PHONE = "Нурбек Каршыев", "+996000500777"
PHONE_OF_ANOTHER = "+996000500779"
ROLES = ("worker", "reporter", "coordinator")


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


def accused(**fields: str) -> dict[str, Any]:
    """A report that accuses somebody."""
    return {"accused": [fields]}


def excluding(kind: str, value: str) -> dict[str, Any]:
    """A report that excludes somebody or something."""
    return {"exclusions": [{"kind": kind, "value": value}]}


KNOWN_BY: dict[str, Callable[[Caller], dict[str, Any]]] = {
    "staff id": lambda them: excluding("staff", them.staff_id),
    "staff id as accused": lambda them: accused(staff_id=them.staff_id),
    "phone": lambda _: accused(phone="0 000 500 777"),
    "name and organisation": lambda them: accused(
        name="Каршыев Нүрбек Асанович", organisation=them.organisation
    ),
    "half a name, of a description": lambda them: accused(
        name="капитан Нypбек, высокий, в форме, живёт за мостом", organisation=them.organisation
    ),
    "name alone": lambda _: accused(name="Kar\u00adshyev N\u00fcrbek"),
    "name alone, of who did nothing": lambda _: {"hidden_from": [{"name": NAME}]},
    "organisation": lambda them: excluding("organisation", them.organisation),
    "place": lambda _: excluding("place", "41704245845000"),
}
"""How a report can mean somebody."""


def somebody(role: str, **fields: Any) -> Caller:
    """Somebody who sits in the village of the incident, and coordinates it if that is their role;
    everybody in an organisation of their own."""
    named = {"organisation": f"org-{uuid4().hex[:8]}", "territories": ("41704245845",)}
    return staff(role, **(named | fields))


async def exclude(intake: Intake, caller: Caller, case: "Case", **fields: Any) -> httpx.Response:
    """Says who must not know of an incident either."""
    path = f"/incidents/{case.incident_id}/exclusions"
    return await intake.ask("POST", path, caller, json=fields)


@dataclass(frozen=True, slots=True)
class Case:
    """An incident, or one that is none, with all that is needed to ask for it."""

    incident_id: str
    consent_id: str
    ticket: str


LONG_AHEAD = datetime(2090, 1, 1, tzinfo=UTC)
"""A place in a list that is before all of it, made up as a caller could make it up."""
Verb = Callable[[Intake, Caller, Case], Awaitable[httpx.Response]]


async def _show(intake: Intake, caller: Caller, case: Case) -> httpx.Response:
    return await intake.show(caller, case.incident_id)


async def _older(intake: Intake, caller: Caller, case: Case) -> httpx.Response:
    place = Reported(received_at=LONG_AHEAD, id=case.incident_id).cursor()
    return await intake.ask("GET", "/incidents", caller, params={"before": place})


async def _read(intake: Intake, caller: Caller, case: Case) -> httpx.Response:
    return await intake.read(caller, case.incident_id, case.ticket)


async def _entered(intake: Intake, caller: Caller, case: Case) -> httpx.Response:
    path = f"/incidents/{case.incident_id}/entered"
    return await intake.ask("POST", path, caller, json={"purpose": "check"})


async def _exclude(intake: Intake, caller: Caller, case: Case) -> httpx.Response:
    return await exclude(intake, caller, case)


async def _give(intake: Intake, caller: Caller, case: Case) -> httpx.Response:
    return await intake.give(caller, case.incident_id, consent(recipient_kind="ngo"))


async def _withdraw(intake: Intake, caller: Caller, case: Case) -> httpx.Response:
    return await intake.withdraw(caller, case.incident_id, case.consent_id)


VERBS: Mapping[tuple[str, str], Verb] = {
    ("GET", "/incidents/{incident_id}"): _show,
    ("GET", "/incidents"): _older,
    ("POST", "/incidents/{incident_id}/disclosures"): _read,
    ("POST", "/incidents/{incident_id}/entered"): _entered,
    ("POST", "/incidents/{incident_id}/exclusions"): _exclude,
    ("POST", "/incidents/{incident_id}/consents"): _give,
    ("POST", "/incidents/{incident_id}/consents/{consent_id}/withdrawal"): _withdraw,
}
"""Every verb that is about an incident, last the one that changes it."""
OF_NONE = {
    ("POST", "/incidents"),
    ("GET", "/taken"),
    ("GET", "/forms"),
    ("POST", "/assessments"),
    ("GET", "/territories"),
    ("GET", "/drafts"),
    ("POST", "/drafts"),
    ("PUT", "/drafts/{draft_id}"),
    ("DELETE", "/drafts/{draft_id}"),
    ("POST", "/drafts/{draft_id}/read"),
}
"""What is about no incident that is there: a draft is its writer's alone."""
ELSEWHERE = {("POST", "/readings-out")}
"""It has two readers, each of whom may be excluded: `test_intake_reading_out` tries both."""
STAFF_ONLY = _read
"""Reporters read nothing by ticket, whatever incident they name."""


async def held(intake: Intake, caller: Caller, **fields: Any) -> Case:
    """An incident that ``caller`` reported and, as far as tickets go, holds."""
    taken = await intake.take(caller, **fields)
    await intake.hear_offer(taken, OfferStatus.ACCEPTED, person=caller.staff_id)
    given = taken["consents"][0]["consent_id"]
    return Case(taken["incident_id"], given, await intake.ticket(taken, caller))


async def none(intake: Intake, caller: Caller, like: Case) -> Case:
    """An incident that is none, with a ticket for it."""
    needs = [{"service_type": "crisis-counselling", "need_id": "none"}]
    ticket = await intake.ticket({"incident_id": NOTHING, "needs": needs}, caller)
    return replace(like, incident_id=NOTHING, ticket=ticket)


async def listed(intake: Intake, caller: Caller) -> set[str]:
    """Which incidents a caller's list shows."""
    page = (await intake.ask("GET", "/incidents", caller)).json()
    return {each["incident_id"] for each in page["incidents"]}


async def check_hidden(intake: Intake, caller: Caller, case: Case) -> None:
    """Each verb returns for the incident what it returns for one that is none, and does nothing."""
    absent = await none(intake, caller, case)
    for verb in VERBS.values():
        hidden, nothing = [await verb(intake, caller, which) for which in (case, absent)]
        refused = 403 if verb is STAFF_ONLY and caller.roles == {"reporter"} else 404
        assert hidden.status_code == (200 if verb is _older else refused), verb
        assert (hidden.status_code, hidden.json()) == (nothing.status_code, nothing.json())
    assert case.incident_id not in await listed(intake, caller)
    assert await intake.count("disclosures", "incident_id = $1", case.incident_id) == 0
    withdrawn = "incident_id = $1 AND withdrawn_at IS NOT NULL"
    assert await intake.count("consents", withdrawn, case.incident_id) == 0


async def check_shown(intake: Intake, caller: Caller, case: Case) -> None:
    """Each verb does for the incident what it is there for."""
    assert case.incident_id in await listed(intake, caller)
    for verb in VERBS.values():
        if not (verb is STAFF_ONLY and caller.roles == {"reporter"}):
            answer = await verb(intake, caller, case)
            assert answer.status_code == 200, answer.text


def test_every_verb_is_among_those_that_are_tried() -> None:
    """Whoever adds a route says here how it hides."""
    offered = {
        (method, route.path)  # type: ignore[attr-defined]
        for route in router.routes
        for method in route.methods  # type: ignore[attr-defined]
    }
    assert offered - OF_NONE - ELSEWHERE == set(VERBS)


@pytest.mark.parametrize("known_by", KNOWN_BY)
@pytest.mark.parametrize("role", ROLES)
async def test_who_is_excluded_finds_nothing(intake: Intake, role: str, known_by: str) -> None:
    """Though they reported it, coordinate its place and hold its ticket; a report of theirs that
    does not mean them is there."""
    caller = somebody(role)
    await intake.hear_staff(caller, name=NAME, phones=["+996000500001", PHONE])
    case = await held(intake, caller, **KNOWN_BY[known_by](caller))
    await check_hidden(intake, caller, case)
    await check_shown(intake, caller, await held(intake, caller))


@pytest.mark.parametrize("known_by", ["staff id", "phone", "name and organisation"])
async def test_the_tags_alone_hide_it(intake: Intake, known_by: str) -> None:
    """Also from somebody whose organisation nobody excluded; colleagues see it then."""
    caller = somebody("coordinator")
    await intake.hear_staff(caller, name=NAME, phones=[PHONE])
    case = await held(intake, caller, **KNOWN_BY[known_by](caller))
    await intake.change(
        "UPDATE intake.incidents SET excluded_staff = '{}', excluded_organisations = '{}' "
        "WHERE incident_id = $1",
        case.incident_id,
    )
    await check_hidden(intake, caller, case)
    colleague = somebody("coordinator", organisation=caller.organisation)
    assert (await intake.show(colleague, case.incident_id)).status_code == 200


@pytest.mark.parametrize("when", ["before", "later"])
@pytest.mark.parametrize("role", ROLES)
async def test_the_colleagues_of_an_accused_officer_find_nothing(
    intake: Intake, role: str, when: str
) -> None:
    """Whether the register knew the number at the report or says so later, and though the accused
    has left the unit; none of them answers for a ground, and referral hears of the unit."""
    caller = somebody(role)
    colleague = somebody("worker", organisation=caller.organisation)
    await intake.hear_staff(caller, kind="police")
    told = {"phones": [PHONE_OF_ANOTHER], "active": False, "kind": "police"}
    if when == "before":
        await intake.hear_staff(colleague, **told)
    case = await held(intake, caller, **accused(phone=PHONE_OF_ANOTHER))
    await intake.hear_staff(colleague, **told)
    await intake.hear_staff(colleague, **told)
    await check_hidden(intake, caller, case)
    reporter, named = staff(), answered_by(caller.staff_id, **accused(phone=PHONE_OF_ANOTHER))
    assert await answering(intake, await intake.send(reporter, named)) == reporter.staff_id
    said = await intake.said(ExclusionsChanged, case.incident_id)
    assert len(said) == (1 if when == "before" else 2), "with the report, and since"
    assert caller.organisation in said[-1]["excluded_organisations"]


async def test_who_serves_beside_an_accused_elsewhere_finds_it(intake: Intake) -> None:
    """As long as nobody names the place: who is meant by a number is one person."""
    caller = somebody("coordinator")
    colleague = somebody("worker", organisation=caller.organisation)
    await intake.hear_staff(caller, kind="crisis-centre")
    await intake.hear_staff(colleague, phones=[PHONE], kind="crisis-centre")
    await check_shown(intake, caller, await held(intake, caller, **accused(phone=PHONE)))


@pytest.mark.parametrize("known_by", ["staff id", "staff id as accused", "organisation", "place"])
async def test_an_incident_of_a_release_before_stays_hidden(intake: Intake, known_by: str) -> None:
    """It carries no tags, and hides by what it has: ids, organisations, places."""
    caller = somebody("coordinator")
    case = await held(intake, caller, **KNOWN_BY[known_by](caller))
    await intake.change(
        "UPDATE intake.incidents SET excluded_tags = DEFAULT WHERE incident_id = $1",
        case.incident_id,
    )
    await check_hidden(intake, caller, case)


async def test_the_release_before_goes_on_beside_this_one(intake: Intake) -> None:
    """It sets no tags: it is shown what it was shown before, also an incident that has some."""
    caller = somebody("coordinator")
    kept = await held(intake, caller, **accused(phone=PHONE))
    hidden = await held(intake, caller, **excluding("staff", caller.staff_id))
    viewer = Viewer(caller.staff_id, caller.organisation, caller.roles)
    async with visibility.seen_by(intake.db, viewer, "coordinator") as tx:
        assert await tx.fetchrow(incidents.FIND, kept.incident_id) is not None
        assert await tx.fetchrow(incidents.FIND, hidden.incident_id) is None


@pytest.mark.parametrize("role", ROLES)
async def test_whom_nobody_has_heard_of_reports_and_finds_nothing(
    intake: Intake, role: str
) -> None:
    """A report is taken, and answered the same when it comes again; until the copy comes there is
    no incident for them, and then it is theirs."""
    caller = intake.stranger(somebody(role))
    key, body = str(uuid4()), report()
    first, again = [await intake.send(caller, body, key) for _ in range(2)]
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    case = await held(intake, caller)
    await check_hidden(intake, caller, case)
    assert await listed(intake, caller) == set()
    await intake.hear_staff(caller)
    await check_shown(intake, caller, case)


async def test_what_the_register_says_later_counts_from_then_on(intake: Intake) -> None:
    """A number that turns out to be the accused's, an organisation they left, or all of them."""
    caller = somebody("coordinator")
    mine = await held(intake, caller)
    meant = await held(intake, caller, **accused(phone=PHONE))
    assert (await intake.show(caller, meant.incident_id)).status_code == 200
    await intake.hear_staff(caller, phones=[PHONE])
    await check_hidden(intake, caller, meant)
    for said in ({"organisation": "org-elsewhere"}, {"active": False}):
        await intake.hear_staff(caller, **said)
        await check_hidden(intake, caller, mine)
        assert await listed(intake, caller) == set()
    await intake.hear_staff(caller)
    await check_shown(intake, caller, mine)


async def test_another_system_needs_no_entry_and_a_person_does(intake: Intake) -> None:
    """A token whose only role is ``system`` is no person's; with another role it is."""
    caller = staff(SYSTEM)
    taken = await intake.take(caller)
    assert (await intake.show(caller, taken["incident_id"])).status_code == 200
    assert taken["incident_id"] in await listed(intake, caller)
    person = intake.stranger(replace(caller, roles=frozenset({SYSTEM, "worker"})))
    assert (await intake.show(person, taken["incident_id"])).status_code == 404
    assert await listed(intake, person) == set()


async def test_unknown_foreign_and_excluded_run_the_same_statements(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time it takes tells no more than the answer."""
    stranger, excluded = somebody("reporter", territories=()), somebody("reporter")
    nobody = intake.stranger(somebody("reporter"))
    case = await held(intake, somebody("worker"), **KNOWN_BY["staff id"](excluded))
    absent = await none(intake, stranger, case)
    for caller in (stranger, excluded):
        await intake.introduce(caller)
    run: list[str] = []

    def recorded(name: str) -> None:
        real = getattr(Tx, name)

        async def recording(tx: Tx, query: str, *args: Any) -> Any:
            run.append(query)
            return await real(tx, query, *args)

        monkeypatch.setattr(Tx, name, recording)

    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        recorded(name)
    for verb in VERBS.values():
        ran: list[list[str]] = []
        asked = ((stranger, absent), (stranger, case), (excluded, case), (nobody, case))
        for caller, which in asked:
            run.clear()
            await verb(intake, caller, which)
            ran.append(run.copy())
        assert all(each == ran[0] for each in ran), verb


async def test_a_stranger_waits_for_no_lock_of_an_incident(intake: Intake) -> None:
    """While somebody holds it, another's request is refused at once, as for one that is none."""
    case = await held(intake, somebody("worker"))
    stranger = somebody("worker", territories=())
    async with intake.db.transaction() as tx:
        await incidents.find(tx, case.incident_id, incidents.FIND_TO_CHANGE)
        for verb in (_show, _entered, _withdraw):
            assert (await verb(intake, stranger, case)).status_code == 404


def answered_by(staff_id: str, **fields: Any) -> dict[str, Any]:
    """A report on a ground for which somebody answers."""
    grounds = [ground("crisis-counselling", "crisis-centre") | {"named_person": staff_id}]
    return report(consents=grounds, **fields)


async def answering(intake: Intake, answer: httpx.Response) -> str:
    """Who answers for the ground of a report that was taken."""
    assert answer.status_code == 201, answer.text
    async with intake.db.transaction() as tx:
        incident_id = answer.json()["incident_id"]
        (consent,) = (await consents.of_incidents(tx, [incident_id]))[incident_id]
    return str(consent.terms.named_person)


def shape(answer: httpx.Response) -> Any:
    """What is told of a report that was taken, without what is another each time, and how the
    numbers were read that stand in it."""
    told = answer.json() | {"read": []}
    return re.sub(r'"[^"]*(_id|_at)": ?"[^"]*"', "", json.dumps(told))


async def test_whom_a_ground_names_is_no_test_of_who_is_meant(intake: Intake) -> None:
    """Nobody, somebody who left, and whoever is accused or excluded, however they are known: the
    report is taken in the same words as with somebody who may answer, and whoever reports does."""
    caller, gone, them = staff(), somebody("worker"), somebody("worker")
    await intake.hear_staff(gone, active=False)
    await intake.hear_staff(them, name=NAME, phones=[PHONE])
    usable = await intake.send(caller, answered_by(them.staff_id))
    assert await answering(intake, usable) == them.staff_id
    bodies = [answered_by("st-nobody"), answered_by(gone.staff_id)]
    means = [known_by(them) for name, known_by in KNOWN_BY.items() if name != "place"]
    bodies += [answered_by(them.staff_id, **fields) for fields in means]
    for body in bodies:
        answer = await intake.send(caller, body)
        assert await answering(intake, answer) == caller.staff_id
        assert shape(answer) == shape(usable)


async def test_who_reports_may_answer_for_the_ground_heard_of_or_not(intake: Intake) -> None:
    """So no report waits for a copy, is there anybody else to answer or not."""
    caller, system = intake.stranger(staff()), staff(SYSTEM)
    meant = excluding("staff", caller.staff_id)
    for fields in ({}, meant):
        answer = await intake.send(caller, answered_by(caller.staff_id, **fields))
        assert await answering(intake, answer) == caller.staff_id
    answer = await intake.send(system, answered_by(OFFICER.staff_id))
    assert await answering(intake, answer) == OFFICER.staff_id


async def said_later(intake: Intake, incident_id: str) -> list[dict[str, Any]]:
    """What was said of whom an incident excludes since it was reported."""
    said = await intake.said(ExclusionsChanged, incident_id)
    [reported] = await intake.said(IncidentReported, incident_id)
    return [each for each in said if each["version"] > reported["version"]]


@pytest.mark.parametrize("known_by", KNOWN_BY)
async def test_who_is_excluded_later_finds_nothing_from_then_on(
    intake: Intake, known_by: str
) -> None:
    """However they are known, also whoever reported the case and holds it; all of whom it excludes
    is said once, and repeating it changes nothing."""
    caller, boss = somebody("coordinator"), somebody("coordinator", territories=("417",))
    await intake.hear_staff(caller, name=NAME, phones=[PHONE])
    case = await held(intake, caller, **excluding("staff", "st-kin"))
    assert (await intake.show(caller, case.incident_id)).status_code == 200
    for _ in range(2):
        answer = await exclude(intake, boss, case, **KNOWN_BY[known_by](caller))
        assert (answer.status_code, answer.json()) == (200, {"incident_id": case.incident_id})
    [said] = await said_later(intake, case.incident_id)
    assert said["version"] == 2
    assert said["act"]["actor"] == boss.staff_id
    kin = intake.deps.digests.of(case.incident_id, intake.deps.tagger.staff("st-kin"))
    assert set(kin) <= set(said["excluded_digests"])
    await check_hidden(intake, caller, case)
    assert (await intake.show(boss, case.incident_id)).status_code == 200


async def test_who_excludes_themselves_sees_it_no_more(intake: Intake) -> None:
    """It is taken from them, and they meet nothing afterwards."""
    caller = somebody("coordinator")
    case = await held(intake, caller)
    answer = await exclude(intake, caller, case, **excluding("staff", caller.staff_id))
    assert answer.status_code == 200
    await check_hidden(intake, caller, case)


async def test_a_slip_in_whom_to_exclude_is_refused(intake: Intake) -> None:
    """By name of the field, and nothing has changed: whoever is meant must not be left out."""
    caller = somebody("coordinator")
    case = await held(intake, caller)
    for fields, path in (
        (accused(name=NAME, phone="12"), "accused[0].phone"),
        (excluding("place", "999"), "exclusions[0].value"),
    ):
        answer = await exclude(intake, caller, case, **fields)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == path
    assert await said_later(intake, case.incident_id) == []


SURVIVORS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the number": ({"phone": "0 000 500 901"}, {"phone": "+996000500901", "name": "Айсулуу"}),
    "the name, nearby": ({"name": "Гүлнара Вымышлова"}, {"name": "Vymyshlova Gulnara Asanovna"}),
}
"""One survivor in two reports."""


@pytest.mark.parametrize("which", SURVIVORS)
async def test_whoever_is_accused_in_another_report_of_the_survivor_finds_neither(
    intake: Intake, which: str
) -> None:
    """What was reported before is hidden from them at once, though they hold it, and so is what
    is reported next, by whoever it is."""
    first, second = ({"language": "ky"} | fields for fields in SURVIVORS[which])
    caller, other = somebody("coordinator"), somebody("worker")
    await intake.hear_staff(caller, name=NAME, phones=[PHONE])
    before = await held(intake, caller, survivor=first)
    assert (await intake.show(caller, before.incident_id)).status_code == 200
    meant = await held(intake, other, survivor=second, **accused(phone=PHONE))
    after = await held(intake, other, survivor=first)
    await check_hidden(intake, caller, before)
    for case in (meant, after):
        assert (await intake.show(caller, case.incident_id)).status_code == 404
    assert len(await said_later(intake, before.incident_id)) == 1
    assert await said_later(intake, meant.incident_id) == []
    await check_shown(intake, other, after)


async def test_another_report_keeps_away_persons_only(intake: Intake) -> None:
    """An organisation or a place that one report excludes may be whom another needs; and another
    survivor's report is another's."""
    caller = somebody("coordinator")
    await intake.hear_staff(caller, phones=[PHONE])
    survivor = {"language": "ky", "phone": "+996000500902"}
    before = await held(intake, caller, survivor=survivor)
    for kind, value in (("organisation", caller.organisation), ("place", "41704245845000")):
        await held(intake, somebody("worker"), survivor=survivor, **excluding(kind, value))
    await held(intake, somebody("worker"), **accused(phone=PHONE))
    assert await said_later(intake, before.incident_id) == []
    await check_shown(intake, caller, before)


async def test_two_reports_at_once_miss_neither_of_them(intake: Intake) -> None:
    """They wait for each other: whoever one of them accuses finds neither."""
    caller = somebody("coordinator", territories=("417",))
    await intake.hear_staff(caller, phones=[PHONE])
    survivor = {"language": "ky", "phone": "+996000500903"}
    bodies = [report(survivor=survivor), report(survivor=survivor, **accused(phone=PHONE))]
    answers = await asyncio.gather(*(intake.send(staff(), body) for body in bodies * 3))
    assert {answer.status_code for answer in answers} == {201}
    for answer in answers:
        assert (await intake.show(caller, answer.json()["incident_id"])).status_code == 404
