"""What must hold on every page: who may open it, what each answer carries, what nobody can read."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

from services.console.frame.headers import HEADERS
from services.console.frame.nearest import routes as every_route
from services.console.pages import ROUTERS
from services.console.sessions import handlers as sessions
from shared.events.words import SYSTEM
from shared.settings import Environment
from tests.console.conftest import Office
from tests.support.apps import applications
from tests.support.eventually import eventually
from tests.support.town import someone_at

OPEN = ("/sign-in", "/invitation", "/device", "/calendar/")
"""Pages before there is a session, or with a secret of their own in the address."""


def routes() -> list[tuple[str, str]]:
    """Every page and every act, with something made up where an id stands."""
    found = [
        (method, re.sub(r"\{[^}]+\}", "made-up", route.path))
        for route in every_route(ROUTERS)
        for method in sorted(route.methods or ())
    ]
    assert len(found) > 40
    return found


async def test_without_a_session_no_page_opens_and_no_act_is_done(office: Office) -> None:
    """Each leads to the sign-in page, or is refused; and each carries the whole table."""
    for method, path in routes():
        if path.startswith(OPEN):
            continue
        stranger = office.desks.nobody()
        if method == "GET":
            await stranger.go(path)
            assert stranger.at.startswith("/sign-in"), path
        else:
            await stranger.post(path, {"csrf": ""})
            refused = stranger.answer.status_code in (403, 422) or stranger.at.startswith(
                "/sign-in"
            )
            assert refused, path
        carried = stranger.answer.headers
        assert {name: carried[name] for name in HEADERS} == HEADERS
        assert carried["cache-control"] == "no-store"


async def test_cookies_are_for_this_host_alone(office: Office) -> None:
    """Secure, out of reach of scripts, and never sent along from elsewhere."""
    somebody = office.desks.nobody()
    await somebody.go("/sign-in?lang=ky")
    given = somebody.answer.headers.get_list("set-cookie")
    assert len(given) == 2
    for cookie in given:
        assert cookie.startswith("__Host-")
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags


async def test_who_is_signed_out_is_out_on_an_open_page_too(office: Office) -> None:
    """It ends by itself, wherever its session was ended, and no other is opened. Within how many
    seconds, `tests/architecture/test_timers.py` says."""
    desk = await office.desks.of(someone_at(office.town, "sezim-bishkek"))
    deps = office.desks.deps
    async with desk.stream("/live") as lines:
        assert (await anext(lines)).startswith("data:")
        async with deps.db.transaction(actor=SYSTEM) as tx:
            staff = someone_at(office.town, "sezim-bishkek").staff_id
            await sessions.end_all(tx, staff, but=None, by="st-admin")

        async def over() -> bool:
            return await anext(lines, None) is None

        await eventually(over)
    await desk.go("/queue")
    assert desk.at.startswith("/sign-in")


async def test_a_page_that_listens_keeps_no_session_alive(office: Office) -> None:
    """Nor does one that asks again by itself; a hand does."""
    caller = someone_at(office.town, "sezim-bishkek")
    desk, deps = await office.desks.of(caller), office.desks.deps

    async def seen(*, back: bool) -> timedelta:
        """How long ago it was last used; then, if it is turned ``back``, a minute ago."""
        async with deps.db.transaction() as tx:
            [*_, session] = await sessions.of_staff(tx, caller.staff_id)
            if back:
                await tx.execute(
                    "UPDATE sessions SET seen_at = $2 WHERE session_id = $1",
                    session.session_id,
                    tx.now - timedelta(minutes=1),
                )
            return tx.now - session.seen_at

    await seen(back=True)
    async with desk.stream("/live") as lines:
        await anext(lines)
    await desk.go("/queue?auto=1")
    assert await seen(back=False) >= timedelta(minutes=1)
    await desk.go("/queue")
    assert await seen(back=False) < timedelta(minutes=1)


async def test_an_open_page_keeps_no_process_from_ending(office: Office) -> None:
    """What has no end ends when the process is told to stop, and is not cut off."""
    desk = await office.desks.of(someone_at(office.town, "sezim-bishkek"))
    part = office.town.stack.part("console.serve")
    async with desk.stream("/live") as lines:
        await anext(lines)
        stopping = asyncio.create_task(part.stop())
        assert [line async for line in lines if line.startswith("data:")] == []
        await stopping
    await part.start()


def test_the_console_has_no_interface_for_programs(tmp_path: Path) -> None:
    """No OpenAPI, no /docs, no /metrics beside its pages."""
    app = applications(tmp_path, Environment.DEMO)["console"]
    paths = {getattr(route, "path", "") for route in app.routes}
    assert not paths & {"/docs", "/openapi.json", "/redoc", "/metrics"}
