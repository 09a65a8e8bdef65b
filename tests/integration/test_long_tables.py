"""A table of any length on its way from audit over the console to a telephone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from deploy.local.stack import Stack
from deploy.topology import HOST
from services.audit import api_figures, app
from services.audit.handlers import figures
from services.audit.settings import AuditSettings
from services.console.app import make_http
from services.console.frame.cookies import COOKIE
from services.console.sessions import handlers as sessions
from services.console.sessions.model import SessionKind
from services.console.settings import ConsoleSettings
from shared.errors import Unavailable
from shared.runtime.worker import serve_http
from tests.support.console import console, member, said
from tests.support.environment import settings_of
from tests.support.eventually import eventually
from tests.support.response_facts import OBLAST, known

ASKED = {"period": "2025-05", "area": OBLAST, "clock": "decision", "cut": "2025-06-11T06:00:00Z"}
TABLE = "/figures/rows/table"


@dataclass(slots=True)
class Telephone:
    """A coordinator's browser."""

    http: httpx.AsyncClient
    deps: Any
    csrf: str

    def take(self) -> Any:
        """Asks for the rows, and reads them as they come."""
        form = ASKED | {"csrf": self.csrf}
        return self.http.stream("POST", TABLE, data=form)

    async def told(self) -> list[str]:
        """What the console has said."""
        async with self.deps.db.transaction() as tx:
            return await said(tx)


@asynccontextmanager
async def served(stack: Stack, web: FastAPI) -> AsyncIterator[str]:
    """An application on a port of its own; its address."""
    port = stack.spare_port()
    serving = asyncio.create_task(serve_http(web, HOST, port))
    url = f"http://{HOST}:{port}"

    async def lives() -> bool:
        async with httpx.AsyncClient(base_url=url) as caller:
            try:
                return (await caller.get("/health/live")).is_success
            except httpx.TransportError:
                return False

    await eventually(lives, within=30)
    yield url
    serving.cancel()
    await asyncio.wait([serving])


@pytest_asyncio.fixture
async def telephone(stack: Stack) -> AsyncIterator[Telephone]:
    """Of one who has signed in, before audit and the console."""
    await stack.ensure("audit.migrate")
    await known(stack)
    audit = app.make_http(settings_of(AuditSettings, stack, "audit.serve"))
    async with console(stack) as deps, served(stack, audit) as url:
        settings = settings_of(ConsoleSettings, stack, "console.serve", audit_api=url)
        pages = make_http(settings)
        who = member(roles=frozenset({"coordinator"}), territories=(OBLAST,))
        async with deps.db.transaction() as tx:
            session, secret = await sessions.start(tx, deps, who, SessionKind.DESK, "en")
        async with (
            served(stack, pages) as desk,
            httpx.AsyncClient(
                base_url=desk, cookies={COOKIE: secret}, headers={"Origin": desk}
            ) as http,
        ):
            yield Telephone(http, deps, session.csrf)
        await pages.state.front.peers.close()
        await pages.state.front.deps.db.close()
    await audit.state.db.close()


async def test_rows_come_while_others_are_still_read(
    telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The taking is on record before the first; all of them arrive, in their order."""
    read, go = figures.some_rows, asyncio.Event()

    async def waiting(*given: Any) -> Any:
        found = await read(*given)
        if found:
            await go.wait()
        return found

    monkeypatch.setattr(api_figures, "DAYS_AT_ONCE", 1)
    monkeypatch.setattr(figures, "some_rows", waiting)
    async with telephone.take() as answer:
        assert answer.status_code == 200
        coming = answer.aiter_text()
        text = await anext(coming)
        assert "tirek.record.exported.v1" in await telephone.told()
        go.set()
        async for more in coming:
            text += more
    head, *rows = text.removesuffix("\r\n").split("\r\n")
    assert head.startswith("\ufeffкайсы күтүү;")
    offer = head.split(";").index("сунуш")
    assert [row.split(";")[offer] for row in rows] == [f"fig-offer-{at}" for at in range(8)]


async def test_a_table_that_breaks_off_is_no_table(
    telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the rows are not taken for all: the transfer does not end, it breaks."""

    async def broken(*given: Any) -> Any:
        raise Unavailable("database")

    monkeypatch.setattr(figures, "some_rows", broken)
    async with telephone.take() as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            await answer.aread()
