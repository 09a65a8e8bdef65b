"""The staff register and rosters over HTTP, and the role table kept by the database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.notify.delivery.model import Offer
from services.notify.delivery.store import offers
from services.notify.jobs import give_up_expired
from services.notify.people import store
from shared.db import Tx
from shared.events.referral import ExclusionsForwarded
from shared.events.words import OfferStatus
from shared.security.sealing import Sealer
from shared.security.tags import Tagger
from shared.security.tokens import Caller
from tests.stack import turn_clock
from tests.support.notify import phone
from tests.support.notify_api import ADMINISTRATOR, WORKER, Api, entry, notify_api, watches

NARYN = Caller("st-naryn", "ministry", frozenset({"coordinator"}), ("41704",))
OSH = Caller("st-osh", "ministry", frozenset({"coordinator"}), ("41706",))
ELSEWHERE = Caller("st-far", "other", frozenset({"worker"}))
REPORTER = Caller("st-rep", "desk", frozenset({"reporter"}))


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """A crisis centre in Naryn with two workers, and whoever calls; the API beside it."""
    async with notify_api(stack) as one:
        for name in ("ministry", "other"):
            await one.house.organisation(name)
        for caller in (NARYN, OSH, ELSEWHERE):
            await one.house.person(caller.staff_id, organisation=caller.organisation)
        yield one


async def test_an_administrator_keeps_the_register(api: Api) -> None:
    """A number is kept in one spelling; writing it again changes the entry."""
    answer = await api.call(ADMINISTRATOR, "PUT", "/people/st-asel", entry())
    assert answer.status_code == 200, answer.text
    assert answer.json()["phone"] == phone(9)
    await api.call(ADMINISTRATOR, "PUT", "/people/st-asel", entry(active=False))
    found = (await api.call(ADMINISTRATOR, "GET", "/people?organisation=desk")).json()
    active = {each["staff_id"]: each["active"] for each in found["people"]}
    assert active["st-asel"] is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "112"),
        ("phone", "0555-ABC-DEF"),
        ("email", "nobody"),
        ("organisation", "nowhere"),
        ("roles", ["king"]),
        ("languages", ["fr"]),
        ("territories[0]", ["999"]),
    ],
)
async def test_an_entry_that_cannot_be_is_refused_by_name_of_the_field(
    api: Api, field: str, value: Any
) -> None:
    """Nothing is stored, and nothing of what was sent is said again."""
    wrong = entry(**{field.partition("[")[0]: value})
    answer = await api.call(ADMINISTRATOR, "PUT", "/people/st-asel", wrong)
    assert answer.status_code == 422, answer.text
    [problem] = answer.json()["errors"]
    assert problem["field"] == field
    assert not any(
        each in problem["message"] for each in (value if type(value) is list else [value])
    )
    assert "st-asel" not in await api.names(ADMINISTRATOR)


async def test_the_services_own_name_is_nobodys(api: Api) -> None:
    """Row-level security knows it as the one that sees all."""
    answer = await api.call(ADMINISTRATOR, "PUT", "/people/system", entry())
    assert answer.status_code == 422
    for caller in (Caller("system", "desk", WORKER.roles), REPORTER):
        answer = await api.call(caller, "GET", "/people?organisation=desk")
        assert answer.status_code == 403


async def test_names_are_shown_by_the_role_table(api: Api) -> None:
    """Colleagues to a worker, organisations of the territory to a coordinator, no contacts."""
    assert await api.names(WORKER) == ["st-one", "st-two"]
    assert await api.names(NARYN) == ["st-one", "st-two"]
    assert await api.names(ELSEWHERE) == []
    assert await api.names(OSH) == []
    answer = await api.call(WORKER, "GET", "/people?organisation=desk&limit=1")
    assert "996" not in answer.text
    rest = await api.call(
        WORKER, "GET", f"/people?organisation=desk&cursor={answer.json()['next']}"
    )
    pages = (answer.json(), rest.json())
    assert [each["staff_id"] for page in pages for each in page["people"]] == ["st-one", "st-two"]
    assert "next" not in rest.json()


async def test_whoever_has_a_token_reads_their_own_entry_while_they_serve(api: Api) -> None:
    """Whatever else the token says, and no contacts; who has left, or never came, finds nothing."""
    await api.call(ADMINISTRATOR, "PUT", "/people/st-asel", entry(roles=["coordinator"]))
    nobody_knows_what = Caller("st-asel", "elsewhere")
    answer = await api.call(nobody_knows_what, "GET", "/me")
    assert answer.status_code == 200, answer.text
    own = answer.json()
    assert own.pop("organisation_kind")
    assert own == {
        **{"staff_id": "st-asel", "name": entry()["name"], "organisation": "desk"},
        **{"roles": ["coordinator"], "languages": ["ky", "ru"], "territories": []},
        "active": True,
    }
    await api.call(ADMINISTRATOR, "PUT", "/people/st-asel", entry(active=False))
    for caller in (nobody_knows_what, Caller("st-nobody", "desk"), Caller("system", "desk")):
        assert (await api.call(caller, "GET", "/me")).status_code == 404


async def test_nobody_is_left_off_the_lists_of_a_large_organisation(api: Api) -> None:
    """Names come page by page, and all who are on duty in one list."""
    staff = [f"st-{number:03}" for number in range(250)]
    for number, staff_id in enumerate(staff, start=10):
        await api.house.person(staff_id, number)
    assert len(await api.names(WORKER)) == len(staff) + 2
    for begins in range(0, len(staff), 50):
        body = watches(people=staff[begins : begins + 50])
        kept = await api.call(ADMINISTRATOR, "PUT", f"/rosters/from-{begins:03}", body)
        assert kept.status_code == 204, kept.text
    (tier,) = (await api.call(WORKER, "GET", "/on-duty?organisation=desk")).json()
    assert [person["staff_id"] for person in tier["people"]] == staff


async def test_only_an_administrator_changes_anything(api: Api) -> None:
    """Not even a coordinator, nor the person themselves."""
    for caller in (WORKER, NARYN, REPORTER):
        for path, body in (
            ("/people/st-one", entry()),
            ("/organisations/desk", None),
            ("/rosters/desk-1", {"organisation": "desk", "tier": 1, "people": [], "windows": []}),
        ):
            assert (await api.call(caller, "PUT", path, body)).status_code == 403


async def test_the_database_itself_keeps_the_role_table(api: Api) -> None:
    """A query that forgets to ask shows nothing: the policy is forced, for the owner too."""
    async with api.house.db.transaction(actor="st-one") as tx:
        assert [row["staff_id"] for row in await tx.fetch("SELECT staff_id FROM people")] == [
            "st-one"
        ]
        for table in ("messages", "codes", "answers", "replies"):
            assert await tx.fetchval(f"SELECT count(*) FROM {table}") == 0
        assert await tx.execute("UPDATE people SET name = 'x'") == "UPDATE 0"
    owner = await asyncpg.connect(api.house.stack.dsn("tirek_notify_owner"))
    try:
        assert await owner.fetchval("SELECT count(*) FROM people") == 0
    finally:
        await owner.close()


async def test_a_roster_says_who_is_on_duty_now(api: Api) -> None:
    """Tier by tier, in order; only to whom the people may be shown."""
    watch = {"dtstart": "2026-01-01T00:00", "duration": "PT24H", "rrule": "FREQ=DAILY"}
    over = watch | {"rrule": "FREQ=DAILY;UNTIL=20260102"}
    body = {"organisation": "desk", "tier": 1, "people": ["st-two", "st-one"], "windows": [watch]}
    assert (await api.call(ADMINISTRATOR, "PUT", "/rosters/desk-1", body)).status_code == 204
    second = body | {"tier": 2, "windows": [over]}
    assert (await api.call(ADMINISTRATOR, "PUT", "/rosters/desk-2", second)).status_code == 204
    answer = await api.call(WORKER, "GET", "/on-duty?organisation=desk")
    assert [[each["staff_id"] for each in tier["people"]] for tier in answer.json()] == [
        ["st-two", "st-one"],
        [],
    ]
    answer = await api.call(OSH, "GET", "/on-duty?organisation=desk")
    assert all(tier["people"] == [] for tier in answer.json())


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("people[0]", {"people": ["st-nobody"]}),
        ("people[1]", {"people": ["st-one", "st-desk"]}),
        ("organisation", {"organisation": "nowhere"}),
        ("tier", {"tier": 0}),
        ("windows[0].rrule", {"rrule": "FREQ=HOURLY"}),
        ("windows[0].dtstart", {"dtstart": "tomorrow"}),
        ("windows[0].dtstart", {"dtstart": "2026-01-01T00:00+06:00"}),
        ("windows[0].duration", {"duration": "PT0H"}),
        ("windows[0].duration", {"duration": "12 hours"}),
    ],
)
async def test_a_roster_that_cannot_be_is_refused(
    api: Api, field: str, change: dict[str, Any]
) -> None:
    """By name of the field. Who only reports can take no case, so nobody asks them."""
    await api.house.person("st-desk", 9, roles=frozenset({"reporter"}))
    watch = {"dtstart": "2026-01-01T00:00", "duration": "PT24H", "rrule": "FREQ=DAILY"}
    watch |= {name: change.pop(name) for name in list(change) if name in watch}
    body = {"organisation": "desk", "tier": 1, "people": ["st-one"], "windows": [watch]} | change
    answer = await api.call(ADMINISTRATOR, "PUT", "/rosters/desk-1", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_a_coordinator_sees_who_was_told_and_never_a_number(api: Api) -> None:
    """Who, when, by which channel, what became of it; others see no such offer."""
    await api.house.on_duty("st-one")
    await api.house.request()
    await api.house.change(OfferStatus.CANCELLED)
    answer = await api.call(NARYN, "GET", "/offers/offer-1/deliveries")
    [told] = answer.json()
    assert (told["staff_id"], told["channel"], told["status"], told["reason"]) == (
        "st-one",
        "sms",
        "dropped",
        "offer-over",
    )
    assert "+996" not in answer.text
    for caller, status in ((OSH, 404), (WORKER, 403), (ADMINISTRATOR, 403)):
        answer = await api.call(caller, "GET", "/offers/offer-1/deliveries")
        assert answer.status_code == status
    assert (await api.call(NARYN, "GET", "/offers/none/deliveries")).status_code == 404


def known_by(api: Api, how: str) -> dict[str, Any]:
    """The coordinator of Naryn among the excluded, as whoever reported the case knew them."""
    tagger = api.house.deps.exclusions.tagger
    ways: dict[str, dict[str, Any]] = {
        "id": {"staff_ids": ["st-naryn"]},
        "id in a tag": {"tags": tagger.staff("st-naryn")},
        "phone": {"tags": tagger.phone(phone(5))},
        "phone of the desk": {"tags": tagger.phone(phone(8))},
        "name and organisation": {"tags": tagger.name("Үлгү Азамат", "ministry")},
        "organisation": {"organisations": ["ministry"]},
        "place": {"places": ["41704"]},
        "a phone they had": {"tags": tagger.phone(phone(7))},
        "a name they had": {"tags": tagger.name("Азамат Башкаев", "ministry")},
    }
    return ways[how]


@pytest.mark.parametrize(
    "how",
    [
        "id",
        "id in a tag",
        "phone",
        "phone of the desk",
        "name and organisation",
        "organisation",
        "place",
        "a phone they had",
        "a name they had",
    ],
)
async def test_an_excluded_coordinator_sees_no_such_offer(api: Api, how: str) -> None:
    """However they are known, or were when the case was reported; somebody else does see it."""
    before = {"name": "Азамат Башкаев", "phone": phone(7), "territories": ["41704"]}
    before |= {"desk_phone": phone(8)}
    for changes in (before, {"phone": phone(5)}, {"name": "Азамат Үлгү", "phone": phone(5)}):
        body = entry(**before | {"organisation": "ministry"} | changes)
        assert (await api.call(ADMINISTRATOR, "PUT", "/people/st-naryn", body)).status_code == 200
    await api.house.person("st-other", 6, name="Айгуль Үлгү", organisation="other")
    await api.house.on_duty("st-one")
    await api.house.request(excluded_people=api.house.excluding(**known_by(api, how)))
    missing = await api.call(NARYN, "GET", "/offers/none/deliveries")
    hidden = await api.call(NARYN, "GET", "/offers/offer-1/deliveries")
    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())
    other = replace(NARYN, staff_id="st-other", organisation="other")
    assert (await api.call(other, "GET", "/offers/offer-1/deliveries")).status_code == 200


@pytest.mark.parametrize(("kind", "status"), [("police", 404), ("crisis-centre", 200)])
async def test_the_colleagues_of_an_accused_officer_see_no_such_offer(
    api: Api, kind: str, status: int
) -> None:
    """Who coordinates serves in the police unit of the accused; nobody of it learns who was told,
    also where the register shows them no colleague."""
    await api.house.organisation("ministry", kind, territories=("41706",))
    await api.house.person("st-accused", 9, organisation="ministry")
    await api.house.on_duty("st-one")
    tags = api.house.deps.exclusions.tagger.phone(phone(9))
    await api.house.request(excluded_people=api.house.excluding(tags=tags))
    answer = await api.call(NARYN, "GET", "/offers/offer-1/deliveries")
    assert answer.status_code == status, answer.text
    calls = (await api.call(NARYN, "GET", "/offers?offer=offer-1")).json()
    assert bool(calls) is (status == 200)


async def test_who_was_told_does_not_say_whom_the_case_is_hidden_from(api: Api) -> None:
    """Somebody turned out to be the accused while the message to them waited: beside their name it
    would say so."""
    await api.house.on_duty("st-one", "st-two")
    tags = api.house.deps.exclusions.tagger.phone(phone(9))
    await api.house.request(excluded_people=api.house.excluding(tags=tags))
    await api.house.person("st-one", 9)
    await turn_clock(api.house.stack, timedelta(minutes=6))
    async with api.house.db.transaction() as tx:
        await give_up_expired(api.house.deps, tx)
    assert {each["reason"] for each in await api.house.messages()} == {"excluded", "deadline"}
    told = (await api.call(NARYN, "GET", "/offers/offer-1/deliveries")).json()
    assert [(each["staff_id"], each["reason"]) for each in told] == [("st-two", "deadline")]


@pytest.mark.parametrize(
    "path",
    ["/people?organisation=desk", "/on-duty?organisation=desk", "/offers/offer-1/deliveries"],
)
async def test_who_is_not_in_the_register_sees_nothing(api: Api, path: str) -> None:
    """Nor who serves elsewhere, or no more, whatever their token says. Who keeps the register may
    come before it."""
    await api.house.on_duty("st-one")
    await api.house.request()
    assert (await api.call(NARYN, "GET", path)).status_code == 200
    await api.house.person("st-gone", organisation="ministry", active=False)
    missing = await api.call(NARYN, "GET", "/offers/none/deliveries")
    for stranger in (
        replace(NARYN, staff_id="st-stranger"),
        replace(NARYN, organisation="other"),
        replace(NARYN, staff_id="st-gone"),
    ):
        hidden = await api.call(stranger, "GET", path)
        assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())
    keeper = await api.call(ADMINISTRATOR, "GET", path)
    assert keeper.status_code == (403 if "offers" in path else 200)


async def test_what_is_not_found_takes_the_same_steps_whatever_the_reason(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No such offer, another's, an excluded caller, one who is in no register: the same statements,
    one list opened and one person's tags computed or none, so that time tells nothing."""
    await api.house.person("st-naryn", 5, organisation="ministry")
    for number, excluded in enumerate((None, ["st-naryn"], ["st-other"]), 1):
        sealed = api.house.excluding(excluded) if excluded else None
        names = {"offer_id": f"offer-{number}", "alert_id": f"alert-{number}"}
        await api.house.request(**names, excluded_people=sealed)
    steps = recorded(monkeypatch)

    async def taken(caller: Caller, offer: str) -> list[str]:
        steps.clear()
        answer = await api.call(caller, "GET", f"/offers/{offer}/deliveries")
        assert answer.status_code == 404
        return list(steps)

    stranger = replace(NARYN, staff_id="st-stranger")
    unknown = await taken(NARYN, "none")
    assert steps.count("open") == 1
    for caller, offer in ((NARYN, "offer-2"), (OSH, "offer-1"), (OSH, "offer-3")):
        assert await taken(caller, offer) == unknown
    unregistered = [step for step in unknown if step != "tags"]
    for offer in ("none", "offer-1", "offer-2", "offer-3"):
        assert await taken(stranger, offer) == unregistered


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement, opening and computing of tags from now on."""
    steps: list[str] = []

    def record(kind: Any, name: str, step: str | None = None) -> None:
        original = getattr(kind, name)

        def noted(self: Any, *arguments: Any, **named: Any) -> Any:
            steps.append(step or arguments[0])
            return original(self, *arguments, **named)

        monkeypatch.setattr(kind, name, noted)

    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        record(Tx, name)
    record(Sealer, "open", "open")
    record(Tagger, "person", "tags")
    return steps


MENTIONED = {"name": "Гүлнара Асан кызы", "organisation": "desk"}


async def test_who_reports_is_asked_back_whom_they_mean(api: Api) -> None:
    """Five at most, by name and organisation alone; where nobody knows the organisation, of all who
    are in the raion. Each asking is recorded without the name."""
    await api.house.organisation("desk", territories=("41704245",))
    await api.house.person("st-rep", organisation="other", roles=frozenset({"reporter"}))
    await api.house.person("st-gul", 7, name="Гульнара Асанова")
    await api.house.person("st-gone", 8, name="Гульнара Асанова", active=False)
    reporter = replace(REPORTER, organisation="other")
    expected = {"matches": [{"name": "Гульнара Асанова", "organisation": "desk"}]}
    village = {"name": MENTIONED["name"], "raion": "41704245845020"}
    for body in (MENTIONED, village):
        answer = await api.call(reporter, "POST", "/people/matches", body)
        assert (answer.status_code, answer.json()) == (200, expected)
    elsewhere = {"name": MENTIONED["name"], "raion": "41705258000000"}
    answer = await api.call(reporter, "POST", "/people/matches", elsewhere)
    assert answer.json() == {"matches": []}
    async with api.house.db.transaction() as tx:
        rows = await tx.fetch("SELECT asked_by, organisation, area FROM lookups ORDER BY asked_at")
    assert [tuple(row) for row in rows] == [
        ("st-rep", "desk", None),
        ("st-rep", None, "41704245"),
        ("st-rep", None, "41705258"),
    ]


async def test_names_are_looked_for_twenty_times_an_hour(api: Api) -> None:
    """Then it is refused with a time to wait; what was asked before that hour does not count, and
    others are not hindered."""
    async with api.house.db.transaction(actor="st-one") as tx:
        for minutes in range(61, 81):
            at = tx.now - timedelta(minutes=minutes)
            await tx.execute(store.RECORD, f"before-{minutes}", "st-one", at, "desk", None)
    for _ in range(20):
        assert (await api.call(WORKER, "POST", "/people/matches", MENTIONED)).status_code == 200
    refused = await api.call(WORKER, "POST", "/people/matches", MENTIONED)
    assert (refused.status_code, refused.json()["title"]) == (429, "Asked too often")
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    assert (await api.call(NARYN, "POST", "/people/matches", MENTIONED)).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Асель"}, "organisation"),
        ({"name": "Асель", "organisation": "desk", "raion": "41704245"}, "organisation"),
        ({"name": "Асель", "raion": "41704"}, "raion"),
        ({"name": "Асель", "raion": "123"}, "raion"),
        ({"name": "", "organisation": "desk"}, "name"),
    ],
)
async def test_where_to_look_is_one_place(api: Api, body: dict[str, str], field: str) -> None:
    """An organisation, or a raion: a name is not looked for in the whole country."""
    answer = await api.call(WORKER, "POST", "/people/matches", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_only_who_may_report_and_serves_looks_for_names(api: Api) -> None:
    """Others are refused, whoever is in no register finds nothing, and nothing is recorded."""
    stranger = replace(WORKER, staff_id="st-stranger")
    system = Caller("st-system", "desk", frozenset({"system"}))
    for caller, status in ((ADMINISTRATOR, 403), (system, 403), (stranger, 404)):
        answer = await api.call(caller, "POST", "/people/matches", MENTIONED)
        assert answer.status_code == status
    async with api.house.db.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM lookups") == 0


async def test_who_is_excluded_after_an_offer_sees_it_no_more(api: Api) -> None:
    """Who was told of it, nor whom to call about it; and their answer by text is a stranger's."""
    await api.house.person("st-naryn", 5, organisation="ministry")
    await api.house.on_duty("st-one")
    await api.house.request()
    path = "/offers/offer-1/deliveries"
    assert (await api.call(NARYN, "GET", path)).status_code == 200
    people = api.house.excluding(["st-naryn", "st-one"])
    said = ExclusionsForwarded(incident_id=api.house.incident, excluded_people=people)
    await api.house.hear(said, version=2)
    missing = await api.call(NARYN, "GET", "/offers/none/deliveries")
    hidden = await api.call(NARYN, "GET", path)
    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())
    assert (await api.call(WORKER, "GET", "/offers?offer=offer-1")).json() == []
    [offer] = (await offers_as_held(api)).values()
    assert offer.excluded_people == people


async def offers_as_held(api: Api) -> dict[str, Offer]:
    """The offer as whoever handles an answer or an event of it finds it."""
    async with api.house.db.transaction() as tx:
        return await offers.lock(tx, ["offer-1"])
