"""Refusals of the console: each is on record, however many there are, and nobody's words are."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pyotp
import pytest_asyncio

from deploy.local.stack import Stack
from services.console import jobs
from services.console.accounts import handlers as accounts
from services.console.deps import Deps
from services.console.frame import cookies
from services.console.sessions import handlers as sessions
from services.console.sessions.model import SessionKind
from tests.support.console import PASSWORD, console, member, pages
from tests.support.visitor import Visitor

REFUSED = "SELECT document FROM outbox WHERE type LIKE 'tirek.%.refused.v1' ORDER BY id"
THEIRS = "9b0f6a52-5f8e-4f57-9c52-5a3cfd4f5b20"


@pytest_asyncio.fixture
async def deps(stack: Stack) -> AsyncIterator[Deps]:
    """A console where nobody has been."""
    async with console(stack) as one:
        yield one


async def said(deps: Deps) -> list[dict[str, Any]]:
    """What was said of refusals, after those that wait to be said together."""
    async with deps.db.transaction() as tx:
        await jobs.say_refused(tx)
    async with deps.db.transaction() as tx:
        return [orjson.loads(row["document"])["data"] for row in await tx.fetch(REFUSED)]


async def test_whoever_asks_for_what_is_not_theirs_is_on_record(deps: Deps, stack: Stack) -> None:
    """With its id, and never with what they typed; what comes too fast is counted."""
    async with deps.db.transaction() as tx:
        who = member(roles=frozenset({"operator"}))
        session, secret = await sessions.start(tx, deps, who, SessionKind.DESK, "en")
    async with pages(stack) as http:
        somebody = Visitor(http)
        somebody.cookies[cookies.COOKIE] = secret
        for path in (f"/board/{THEIRS}", "/people/Aizada", "/board", *[f"/cases/{THEIRS}"] * 11):
            await somebody.go(path)
            assert somebody.answer.status_code == 403, path
    found = await said(deps)
    assert [each.get("record") for each in found] == [THEIRS, None, *[THEIRS] * 8, None]
    kinds = [each["kind"] for each in found]
    assert kinds == ["service-request", "person", *["offer"] * 8, "many"]
    assert sum(each["times"] for each in found) == 13
    assert {each["session_id"] for each in found} == {session.session_id}
    assert "Aizada" not in str(found)


async def test_a_link_that_opens_nothing_is_counted_by_its_reason(deps: Deps, stack: Stack) -> None:
    """Whose it was, where it was somebody's; never the link, and not who tried."""
    async with deps.db.transaction() as tx:
        used = await accounts.invite(tx, deps, "st-admin", "st-one")
        code = pyotp.TOTP((await accounts.open_invitation(tx, deps, used)).seed).at(tx.now)
        await accounts.accept_invitation(tx, deps, used, "Asel", PASSWORD, code)
        withdrawn = await accounts.invite(tx, deps, "st-admin", "st-two")
        over = await accounts.invite(tx, deps, "st-admin", "st-two")
        await tx.execute("UPDATE invitations SET expires_at = now() WHERE staff_id = 'st-two'")
    async with pages(stack) as http:
        stranger = Visitor(http)
        for secret in (used, withdrawn, over, *["made-up"] * 3):
            await stranger.go(f"/invitation/{secret}")
            await stranger.press("Go on")
            assert stranger.answer.status_code == 404
        await stranger.go("/device")
        await stranger.press("Register", code="made-up", pin="135791", again="135791")
    found = [
        (each["kind"], each["reason"], each.get("staff_id"), each["times"])
        for each in await said(deps)
    ]
    assert found == [
        ("invitation", "used-up", "st-one", 1),
        ("invitation", "withdrawn", "st-two", 1),
        ("invitation", "expired", "st-two", 1),
        ("invitation", "unknown", None, 1),
        ("telephone", "unknown", None, 1),
        ("invitation", "unknown", None, 2),
    ]
