"""The directory and the policies as they run, for administrators and coordinators."""

import asyncio
from collections.abc import AsyncIterator
from itertools import chain

import httpx
import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from shared.events.words import Role, Urgency
from shared.security.tokens import Caller
from shared.security.visibility import Viewer
from tests.support.referral_house import opened
from tests.support.referral_lists import Lists
from tests.support.tokens import token

ADMINISTRATOR = Caller("st-admin", "ministry", frozenset({Role.ADMINISTRATOR}))
WORKER = Caller("st-worker", "asylzat-naryn", frozenset({Role.WORKER}))


@pytest_asyncio.fixture
async def here(stack: Stack) -> AsyncIterator[Lists]:
    """The stack's own referral; it has heard of the administrator."""
    await stack.ensure("referral.serve")
    async with (
        opened(stack) as house,
        httpx.AsyncClient(base_url=stack.url("referral"), timeout=30) as http,
    ):
        for each in (ADMINISTRATOR, WORKER):
            await house.knows(Viewer(each.staff_id, each.organisation, each.roles))
        yield Lists(house, stack, http)


async def test_the_directory_is_shown_as_it_runs_page_by_page(here: Lists) -> None:
    """Every organisation and service of it once, with hours, areas by name, and free places."""
    pages = await here.pages(ADMINISTRATOR, "/directory", limit=3)
    assert [len(page) for page in pages[:-1]] == [3] * (len(pages) - 1)
    found = list(chain(*pages))
    known = here.house.deps.directory
    assert [each["organisation"] for each in found] == sorted(known.organisations)
    services = {one["service"]: one for each in found for one in each["services"]}
    assert services.keys() == known.services.keys()
    for service in known.services.values():
        assert len(services[service.id]["hours"]) == len(service.windows)
        assert all(area["name"] for area in services[service.id]["areas"])
        assert (services[service.id]["free"] is None) == (service.places is None)
    lawyers = await here.pages(ADMINISTRATOR, "/directory", service_type="legal-aid")
    offered = {one["service_type"] for each in chain(*lawyers) for one in each["services"]}
    assert offered == {"legal-aid"}
    assert (await here.ask(WORKER, "/directory")).status_code == 403


async def test_organisations_are_named_to_everybody(here: Lists) -> None:
    """Those of the oblast of a place, and those that serve beyond it: where an accused serves."""
    answer = await here.ask(WORKER, "/organisations", near="41704245845020")
    named = {each["organisation"]: each["name"] for each in answer.json()["organisations"]}
    known = here.house.deps.directory.organisations
    assert named == {name: known[name].name for name in named}
    assert {"police-at-bashy", "police-naryn-oblast", "asylzat-naryn"} <= named.keys()
    assert "police-suzak" not in named
    assert (await here.ask(WORKER, "/organisations", near="999")).status_code == 422
    some = await here.ask(WORKER, "/organisations", organisation=["police-alay", "nobody"])
    assert [each["organisation"] for each in some.json()["organisations"]] == ["police-alay"]


async def test_the_policies_are_those_that_a_new_case_keeps(here: Lists) -> None:
    """Every service type at every urgency."""
    shown = (await here.ask(ADMINISTRATOR, "/policies")).json()
    deps = here.house.deps
    policy = deps.policy("shelter", Urgency.HIGH)
    types = deps.jurisdiction.service_types
    assert len(shown["timers"]) == len(types) * len(Urgency)
    (shelter,) = (
        each
        for each in shown["timers"]
        if (each["service_type"], each["urgency"]) == ("shelter", "high")
    )
    assert (shelter["ack"], shelter["hold"]) == ("PT10M", "PT30M")
    assert (shown["version"], shown["undo"]) == (policy.version, "PT2M")
    assert (await here.ask(WORKER, "/policies")).status_code == 403


async def test_commands_print_both(here: Lists) -> None:
    """For who keeps them and has no page."""
    env = {
        "TIREK_REFERRAL_URL": here.stack.url("referral"),
        "TIREK_TOKEN": token(here.stack, ADMINISTRATOR),
        "COLUMNS": "200",
    }
    for words, expected in ((("directory",), "sezim-bishkek-shelter"), (("policies",), "PT10M")):
        shown = await asyncio.to_thread(CliRunner().invoke, app, words, env=env)
        assert (shown.exit_code, expected in shown.output) == (0, True), shown.output
