"""Who may know of a case: neither a refusal nor the database tells anybody else that it exists."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.referral.__main__ import MIGRATIONS
from services.referral.bodies import Wanted
from services.referral.handlers import lists
from services.referral.handlers.find import find_case, find_offer, find_request
from services.referral.model.options import Option, options
from services.referral.store import public_ids, rows
from services.referral.store import requests as store
from shared.errors import NotFound
from shared.events.intake import Need, Permission
from shared.events.words import ServiceRequestStatus, Urgency
from shared.ids import RandomIds
from shared.runtime import migrate
from shared.security.excluded_staff import staff_digest
from shared.symbols import public_id
from tests.stack import scratch
from tests.support.referral import BLANK
from tests.support.referral_house import House, coordinator, opened, worker


@pytest_asyncio.fixture(scope="module")
async def place() -> AsyncIterator[Stack]:
    """A database of referral's own."""
    async with scratch("referral.migrate") as stack:
        yield stack


@pytest_asyncio.fixture(scope="module")
async def house(place: Stack) -> AsyncIterator[House]:
    """Referral with the sample directory."""
    async with opened(place) as house:
        yield house


@pytest.mark.parametrize("who", ["foreign", "excluded", "nobody"])
async def test_unknown_foreign_and_excluded_look_alike(house: House, who: str) -> None:
    """Whether an offer exists is not to be learned by asking."""
    request = await house.reported()
    if who == "excluded":
        request = await house.reported(
            incident_id="i-x", excluded_staff=(staff_digest("i-x", "st-one"),)
        )
    offer = request.offers[0]
    viewer = worker("adilet-bishkek" if who == "foreign" else offer.organisation)
    asked = "no-such-offer" if who == "nobody" else offer.id
    with pytest.raises(NotFound, match=r"^no such offer$"):
        async with house.as_seen_by(viewer) as tx:
            await find_offer(tx, house.deps, viewer, asked)
    called = "222222" if who == "nobody" else request.public_id
    with pytest.raises(NotFound, match=r"^nothing is called so$"):
        async with house.as_seen_by(viewer) as tx:
            await find_case(tx, house.deps, viewer, called)


@pytest.mark.parametrize(
    ("urgency", "template"),
    [
        (Urgency.STANDARD, "notice-no-consent"),
        (Urgency.HIGH, "notice-no-consent"),
        (Urgency.IMMEDIATE, "notice-not-permitted"),
    ],
)
async def test_what_nothing_permits_is_on_a_list_and_somebody_hears(
    house: House, urgency: Urgency, template: str
) -> None:
    """Of a report without any consent or ground: one notice, however many needs; and what to do."""
    needs = tuple(
        Need(need_id=f"need-{kind}-{urgency}", service_type=kind, urgency=urgency)
        for kind in ("shelter", "legal-aid")
    )
    request = await house.reported(needs=needs, urgency=urgency)
    second = await house.request(request.incident_id, needs[1].need_id)
    said = [*await house.documents(request), *await house.documents(second)]
    told = [each for each in said if "template" in each]
    assert [(each["template"], each["public_id"]) for each in told] == [
        (template, request.public_id)
    ]
    viewer = coordinator()
    async with house.as_seen_by(viewer) as tx:
        wanted = Wanted(status=ServiceRequestStatus.DRAFT, public_id=request.public_id)
        page = await lists.service_requests(tx, house.deps, viewer, wanted)
    can_do = (Option.GIVE_CONSENT, Option.CLOSE, Option.VOID)
    assert [options(each) for each in page.rows] == [can_do]


async def test_two_needs_of_one_incident_have_nothing_in_common_to_show(house: House) -> None:
    """Each has a public id of its own: two bodies that serve one woman cannot tell so."""
    needs = tuple(
        Need(
            need_id=f"need-{kind}",
            service_type=service_type,
            urgency=Urgency.HIGH,
            permissions=(Permission(consent_id=f"c-{kind}", recipient_kind=kind),),
        )
        for kind, service_type in (("crisis-centre", "crisis-counselling"), ("ngo", "legal-aid"))
    )
    first = await house.reported(needs=needs)
    second = await house.request(first.incident_id, needs[1].need_id)
    assert first.public_id != second.public_id
    for each in (first, second):
        assert public_id(each.public_id) == each.public_id
        assert (await house.again(each)).public_id == each.public_id
        said = await house.documents(each)
        assert {document["public_id"] for document in said if "public_id" in document} == {
            each.public_id
        }


async def test_a_public_id_that_was_given_is_never_given_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is drawn; also two transactions that draw the same at once both get one."""
    given = (await house.reported()).public_id
    drawn = iter([given, "KKKKKK", "KKKKKK", "MMMMMM"])
    monkeypatch.setattr(RandomIds, "public", lambda _self: next(drawn))

    async def one() -> list[str]:
        async with house.db.transaction() as tx:
            return await public_ids.claim(tx, 1)

    assert await one() == ["KKKKKK"]
    assert await one() == ["MMMMMM"]


async def test_what_was_there_before_public_ids_has_one(place: Stack) -> None:
    """Each its own; also what the release before still writes, which knows no such column."""
    name = f"tirek_upgrade_{uuid4().hex[:8]}"
    superuser = await asyncpg.connect(place.superuser())
    await superuser.execute(f"CREATE DATABASE {name}")
    owner = await asyncpg.connect(place.superuser(name))
    try:
        await owner.execute("CREATE SCHEMA referral AUTHORIZATION tirek_referral_owner")
        dsn = place.dsn("tirek_referral_owner").rpartition("/")[0] + f"/{name}"
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, dsn, "referral", "0009")
        await owner.execute("SET search_path = referral")
        for number in range(20):
            await _of_before(owner, f"early-{number}")
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, dsn, "referral", "0010")
        await _of_before(owner, "late")
        found = await owner.fetch("SELECT public_id FROM service_request")
        given = await owner.fetch("SELECT public_id FROM public_id")
    finally:
        await owner.close()
        await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await superuser.close()
    ids = {row["public_id"] for row in found}
    assert len(ids) == len(found) == 21
    assert all(public_id(each) == each for each in ids)
    assert ids <= {row["public_id"] for row in given}


async def _of_before(owner: "asyncpg.Connection[Any]", request_id: str) -> None:
    """A service request as the release before writes it."""
    row = rows.request_row(replace(BLANK, id=request_id, incident_id=request_id))
    known = await owner.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'service_request'::regclass"
    )
    names = ", ".join(sorted({each["attname"] for each in known} & row.keys() - {"public_id"}))
    await owner.execute(
        f"INSERT INTO service_request ({names}) SELECT {names} "
        "FROM json_populate_recordset(NULL::service_request, $1::json)",
        rows.as_json([row]),
    )


@pytest.mark.parametrize(
    "hidden", [{"excluded_organisations": ("police-suzak",)}, {"excluded_places": ("41703220",)}]
)
async def test_a_case_is_hidden_from_whoever_coordinates_for_the_excluded(
    house: House, hidden: dict[str, Any]
) -> None:
    """The accused serves in Suzak: nobody of that unit or of that raion finds it, in any list.

    The oblast's coordinator does. The database hides it too, if the code ever forgets to.
    """
    request = await house.reported(territory="41703220000000", **hidden)
    theirs = replace(coordinator("41703220"), organisation="police-suzak")
    with pytest.raises(NotFound, match=r"^no such service request$"):
        async with house.as_seen_by(theirs) as tx:
            await find_request(tx, house.deps, theirs, request.id)
    async with house.as_seen_by(theirs) as tx:
        assert await store.by_id(tx, request.id) is None
    oblast = coordinator("41703")
    async with house.as_seen_by(oblast) as tx:
        assert await find_request(tx, house.deps, oblast, request.id)


async def test_a_territory_is_a_coordinators_alone(house: House) -> None:
    """The database shows a worker what was offered to the own organisation, wherever they serve."""
    request = await house.reported(territory="41703220000000")
    there = replace(worker("adilet-bishkek"), areas=("41703",))
    for viewer, shown in ((coordinator("41703"), True), (there, False)):
        async with house.as_seen_by(viewer) as tx:
            assert (await store.by_id(tx, request.id) is not None) is shown
