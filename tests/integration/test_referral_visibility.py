"""Who may know of a case: neither a refusal nor the database tells anybody else that it exists."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from services.referral.handlers.find import find_offer, find_request
from services.referral.store import requests as store
from shared.errors import NotFound
from shared.security.excluded_staff import staff_digest
from tests.stack import scratch
from tests.support.referral_house import House, coordinator, opened, worker


@pytest_asyncio.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """Referral with the sample directory, on a database of its own."""
    async with scratch("referral.migrate") as stack, opened(stack) as house:
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
