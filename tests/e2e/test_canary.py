"""A word planted in every personal field shows up in no topic, log, SMS, mail, metric or table."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest_asyncio

from deploy.samples import load
from deploy.samples.founding.figures import SECRETARY
from deploy.samples.load import sample_caller
from shared.events.words import Role
from shared.security.tokens import Caller
from tests.stack import scratch
from tests.support import committee_registers, committee_town, town_sittings
from tests.support.canaries import Planted, everything_seen, personal
from tests.support.committee_town import House
from tests.support.desks import Desks, desks
from tests.support.eventually import eventually
from tests.support.founding import PARTS, enter, some
from tests.support.pages import VISITS
from tests.support.planting import WORDS, Service
from tests.support.tokens import bearer
from tests.support.town import BISHKEK, COORDINATOR, Town, someone_at, town
from tests.support.visitor import Visitor

NAME = "01-child-who-witnessed"
SHOWN_AGAIN = re.compile(r'<textarea.*?</textarea>|<option.*?</option>|value="[^"]*"', re.DOTALL)
"""What somebody typed, in the form that is to be mended; and who of the register may be chosen."""


@pytest_asyncio.fixture(scope="module")
async def alone() -> AsyncIterator[Town]:
    """A town of these tests' own: all its logs and topics are read."""
    more = ("console.serve", "console.work", "audit.serve", "audit.work")
    async with scratch(*PARTS, *more) as stack, town(stack) as own:
        yield own


async def test_a_canary_in_every_personal_field_is_seen_nowhere(alone: Town) -> None:
    """It is there for the case holder who may read it, and for nobody else."""
    planted = Planted()
    body = alone.body(NAME) | personal(planted)
    for consent in body["consents"]:
        consent["given_by"]["basis"] = planted.word()
    writer = alone.caller(alone.samples[NAME].reported_by)
    draft = (await alone.ask(writer, "intake", "POST", "/drafts"))["draft_id"]
    await alone.ask(writer, "intake", "PUT", f"/drafts/{draft}", body)
    incident = await alone.report(NAME, **body, draft=draft)
    offer = await alone.offer(incident, "crisis-counselling")
    caller = someone_at(alone, offer["organisation"])
    accepted = await alone.ask(
        caller, "referral", "POST", f"/offers/{offer['offer_id']}/accept", {}
    )
    asked = {"purpose": "service", "ticket": accepted["ticket"]}
    read = await alone.ask(caller, "intake", "POST", f"/incidents/{incident}/disclosures", asked)
    assert planted.found_in(str(read)), "the case holder may read what was consented"
    bad = await alone.call(
        caller, "intake", "POST", "/incidents", body | {"territory": planted.word()},
        Idempotency_Key="canary-bad",
    )  # fmt: skip
    assert bad.status_code == 422
    assert not planted.found_in(bad.text), "a refusal repeats what was sent"

    async def referral_is_done() -> bool:
        return any(each["fulfilment"] == "placed" for each in await alone.requests(incident))

    async def somebody_was_told() -> bool:
        return bool((await alone.http.get(f"{alone.stack.url('phones')}/api/messages")).json())

    await eventually(referral_is_done, within=20)
    await eventually(somebody_was_told, within=20)
    for where, text in (await everything_seen(alone)).items():
        assert not planted.found_in(text), f"{where} holds personal data"


async def test_a_canary_in_the_work_of_a_committee_is_seen_nowhere(alone: Town) -> None:
    """In the names and telephones of those who sit in it, and of who appealed to it."""
    planted = Planted()
    names = tuple(planted.word() for _ in range(20))
    founding = some("committee-ton").model_copy(
        update={"surname": planted.word(), "given_names": names}
    )
    (committee,) = founding.committees
    await enter(alone, founding)
    people = founding.people(committee)
    read = await alone.ask(
        people[SECRETARY].caller, "notify", "GET", f"/people?organisation={committee.organisation}"
    )
    assert planted.found_in(str(read)), "the committee's own people may read the names"
    seen, year = await everything_seen(alone), datetime.now(BISHKEK).year
    for caller in (COORDINATOR, people[SECRETARY].caller):
        for path in (f"/report?year={year}", f"/report.csv?year={year}"):
            answer = await alone.call(caller, "committee", "GET", path)
            seen[f"{path} for {caller.staff_id}"] = answer.text
    for where, text in seen.items():
        assert not planted.found_in(text), f"{where} holds personal data"


async def entered(uchkun: House) -> dict[str, str]:
    """One of everything that a committee's pages show, by its names there."""
    made = await committee_town.filled(uchkun) | await town_sittings.played(uchkun)
    return made | await committee_registers.entered(uchkun)


async def opened(uchkun: House, appeal: str, planted: Planted) -> None:
    """An appeal is an incident, with a canary in every personal field."""
    alone, by = uchkun.town, committee_town.SECRETARY

    async def reported() -> str | None:
        body = alone.body(NAME) | personal(planted)
        answer = await alone.call(by, "intake", "POST", "/incidents", body, Idempotency_Key=appeal)
        return str(answer.json()["incident_id"]) if answer.is_success else None

    body = {"incident_id": await eventually(reported, within=30)}
    await uchkun.ask(by, "PUT", f"/appeals/{appeal}/incident", body)


async def seated(seats: Desks, alone: Town) -> dict[str, Visitor]:
    """Whoever opens pages of committees, by who opens what."""
    callers: dict[str, Caller] = {
        "secretary": committee_town.SECRETARY,
        "coordinator": COORDINATOR,
        "administrator": sample_caller(load.ADMINISTRATOR),
        "asked": someone_at(alone, committee_town.POLICE),
    }
    return {who: await seats.of(caller) for who, caller in callers.items()}


def named(visitor: Visitor) -> str:
    """How a page calls itself: its address, its title, and what its answer's head says."""
    return f"{unquote(visitor.at)} {visitor.page.title} {visitor.answer.headers}"


async def fill_in(visitors: dict[str, Visitor], planted: Planted) -> None:
    """A member and a page of the handbook, with canaries, as people enter them."""
    secretary, keeper, name = visitors["secretary"], visitors["administrator"], planted.word()
    who = {"name": name, "phone": planted.phone(), "sector": "ngo", "body": "activists"}
    await secretary.go("/committee/members/new")
    await secretary.press("Save", **who)
    await secretary.follow(f"Leaves… {name}")
    assert not planted.found_in(named(secretary))
    link = f"https://example.org/{planted.word()}"
    await keeper.go("/committee/handbook")
    await keeper.press("Save", title=planted.word(), url=link, language="ky")
    assert planted.found_in(keeper.page.text), "it is shown inside"


async def type_into_all(visitor: Visitor, planted: Planted) -> None:
    """A canary in each field of the page in turn. What is taken may be shown inside, as a member's
    name is; what is not is shown in its field alone."""
    for form in [each for each in visitor.page.forms if each.typed]:
        if form.method == "get":
            assert form.typed == ["year"], "what is typed here would stand in an address"
        at = form.action or visitor.at
        for name in form.typed:
            await visitor.post(at, dict(form.fields) | {name: planted.word()})
            assert visitor.answer.status_code < 500, f"{at} {name}"
            seen = named(visitor)
            if visitor.answer.request.method == "POST":
                seen += SHOWN_AGAIN.sub("", visitor.page.markup)
            assert not planted.found_in(seen), f"{at} repeats {name}"


async def test_a_canary_in_a_page_of_committees_is_in_no_title_and_address(alone: Town) -> None:
    """Nor in a complaint. Members and the handbook are shown inside, and who appealed is on no page
    and no paper of the committee."""
    inside, case, typed = Planted(), Planted(), Planted()
    uchkun = await committee_town.house(alone)
    ids = await entered(uchkun)
    await opened(uchkun, (await committee_town.filled(uchkun))["appeal"], case)
    async with desks(alone.stack) as seats:
        visitors = await seated(seats, alone)
        await fill_in(visitors, inside)
        for who, template in VISITS:
            if who in visitors and ("/committee" in template or who == "asked"):
                page = await visitors[who].go(template.format_map(ids))
                assert visitors[who].answer.status_code == 200, template
                assert not case.found_in(page.markup), f"{template} shows who appealed"
                assert not inside.found_in(named(visitors[who])), template
                await type_into_all(visitors[who], typed)
    for where, text in (await everything_seen(alone)).items():
        for planted in (inside, case, typed):
            assert not planted.found_in(text), f"{where} holds personal data"


async def test_a_canary_in_any_field_of_the_committee_service_is_refused(alone: Town) -> None:
    """But in a handbook's title, the only words that it takes; a new field is one more to refuse.
    What is refused is repeated in no answer and no log."""
    uchkun = await committee_town.house(alone)
    made = await entered(uchkun)
    ids = {
        "committee_id": uchkun.committee_id,
        "sitting_id": made["was_held"],
        "item_id": made["open_item"],
        "appeal_id": made["appeal"],
        "action_id": made["action"],
        "member_id": made["member"],
        "entry_id": str(uuid4()),
        "year": made["year"],
    }
    caller = replace(committee_town.SECRETARY, roles=frozenset(Role), territories=("417",))
    async with httpx.AsyncClient(base_url=alone.stack.url("committee"), timeout=15) as http:
        openapi = (await http.get("/openapi.json")).json()
        service = Service(http, bearer(alone.stack, caller), openapi, ids, (WORDS,))
        took = await service.repeats_nothing()
    assert took == {("put /handbook/…", "title")}
    planted = Planted((WORDS,))
    for where, text in (await everything_seen(alone)).items():
        assert not planted.found_in(text), f"{where} holds what was sent"
