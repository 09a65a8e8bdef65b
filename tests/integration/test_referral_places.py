"""Free places in one tap: what those who work there say counts at once, in place of the file."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from services.referral.jobs import directory_job
from services.referral.model.service_request import ServiceRequest
from shared.events.words import Answer, Fulfilment, Role
from shared.runtime.quarantine import Quarantine
from shared.security.tokens import Caller
from shared.security.visibility import Viewer
from tests.stack import scratch
from tests.support.referral_doors import Doors, doors
from tests.support.tokens import token

SHELTER = "sezim-bishkek-shelter"
WORKER = Caller("st-worker", "sezim-bishkek", frozenset({Role.WORKER}))
EVERYWHERE = Caller("st-country", "ministry", frozenset({Role.COORDINATOR}), ("417",))


@pytest_asyncio.fixture(scope="module")
async def at() -> AsyncIterator[Doors]:
    """Referral behind its HTTP, with places of its own."""
    async with scratch("referral.serve") as stack, doors(stack) as at:
        for caller in (WORKER, EVERYWHERE):
            await heard(at, caller)
        yield at


async def heard(at: Doors, caller: Caller, *, active: bool = True) -> None:
    """Notify said that somebody serves there."""
    viewer = Viewer(caller.staff_id, caller.organisation, caller.roles, caller.territories)
    await at.house.knows(viewer, active=active)


async def say(at: Doors, free: int, service: str = SHELTER, by: Caller = WORKER) -> tuple[int, Any]:
    """So many are free."""
    answer: tuple[int, Any] = await at.ask(by, "PUT", f"/services/{service}/places", {"free": free})
    return answer


async def fill_all(at: Doors) -> None:
    """No shelter has a place."""
    for service in at.house.deps.directory.of_type("shelter"):
        if service.places is not None:
            assert (await say(at, 0, service.id, EVERYWHERE))[0] == 200


async def tried_again(at: Doors, request: ServiceRequest) -> ServiceRequest:
    """The request after the job that tries those again who found nobody."""
    step = directory_job(at.house.deps, Quarantine())
    for _ in range(20):
        async with at.house.db.transaction() as tx:
            if await step(tx) is None:
                break
    else:
        raise AssertionError("it tries for ever")
    return await at.house.again(request)


async def free(at: Doors) -> int | None:
    """How many places the worker sees."""
    _, shown = await at.ask(WORKER, "GET", "/services")
    services = shown["services"]
    found: dict[str, int | None] = {each["service"]: each["free"] for each in services}
    assert set(found) == {SHELTER, "sezim-bishkek-counselling"}
    assert found["sezim-bishkek-counselling"] is None
    return found[SHELTER]


async def test_a_place_that_is_free_again_finds_who_waits_for_one(at: Doors) -> None:
    """Full everywhere: nobody is asked. One free place, and she is asked for; taken, it is gone."""
    await fill_all(at)
    request = await at.house.reported("shelter", children=())
    assert (request.fulfilment, request.offers) == (Fulfilment.EXHAUSTED, ())
    assert (await tried_again(at, request)).offers == ()
    status, shown = await say(at, 1)
    assert (status, shown["free"], shown["said_by"]) == (200, 1, WORKER.staff_id)
    request = await tried_again(at, request)
    assert [each.service for each in request.offers] == [SHELTER]
    assert await free(at) == 1, "what is only asked for is free still"
    second = await at.house.reported("shelter", children=())
    assert second.offers == (), "but nobody else is sent there"
    await at.house.answered(request.offers[0], request, Answer.ACCEPT, WORKER.staff_id)
    assert await free(at) == 0
    await say(at, 2)
    assert await free(at) == 2, "beside the one that is in use"


async def test_what_was_said_counts_until_the_file_says_another_number(
    at: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory that was verified anew is newer than what was said before."""
    await say(at, 3)
    assert await free(at) == 3
    _, shown = await at.ask(WORKER, "GET", "/services")
    said = next(each for each in shown["services"] if each["service"] == SHELTER)
    assert said["said_at"]
    async with at.house.db.transaction() as tx:
        await tx.execute("UPDATE place SET instead_of = 5 WHERE service = $1", SHELTER)
    assert await free(at) != 3


async def test_only_those_who_work_there_or_coordinate_it_say_so(at: Doors) -> None:
    """Nobody of another house, no coordinator of another place, nobody who has left."""
    elsewhere = Caller("st-osh", "ak-jurok-osh", frozenset({Role.WORKER}))
    of_osh = Caller("st-of-osh", "ministry", frozenset({Role.COORDINATOR}), ("41721",))
    of_bishkek = Caller("st-of-bishkek", "ministry", frozenset({Role.COORDINATOR}), ("41711",))
    for caller, expected in ((elsewhere, 403), (of_osh, 403), (of_bishkek, 200)):
        await heard(at, caller)
        assert (await say(at, 1, by=caller))[0] == expected, caller
    left = Caller("st-left", "sezim-bishkek", frozenset({Role.WORKER}))
    await heard(at, left, active=False)
    assert (await say(at, 1, by=left))[0] == 403
    assert (await say(at, 1, "no-such-service"))[0] == 404
    assert (await say(at, 1, "sezim-bishkek-counselling"))[0] == 409
    assert (await say(at, 21))[0] == 422, "it has twenty places"


async def test_a_command_says_and_shows_them(at: Doors) -> None:
    """For a house that has no page."""
    env = {"TIREK_REFERRAL_URL": at.stack.url("referral"), "TIREK_TOKEN": token(at.stack, WORKER)}
    for words in (("places", SHELTER, "4"), ("places",), ("places", SHELTER)):
        shown = await asyncio.to_thread(CliRunner().invoke, app, words, env=env)
        assert (shown.exit_code, "4 / 20" in shown.output) == (0, True), shown.output
