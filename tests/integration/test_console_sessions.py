"""Sessions of the console on the real database: they open by a secret alone, and end."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from deploy.local.stack import Stack
from services.console.deps import Deps
from services.console.sessions import handlers as sessions
from services.console.sessions.model import SessionKind
from tests.support.console import console, member, said

LATER = (
    "UPDATE sessions SET seen_at = seen_at - $1::interval, idle_until = idle_until - $1::interval"
)
ENDED = "SELECT staff_id, ending FROM sessions WHERE ended_at IS NOT NULL"


@pytest_asyncio.fixture
async def deps(stack: Stack) -> AsyncIterator[Deps]:
    """A console where nobody has been."""
    async with console(stack) as one:
        yield one


async def test_a_session_is_opened_by_its_secret_and_by_nothing_that_is_stored(deps: Deps) -> None:
    """Not by its handle, nor by the hash; a language that is not spoken here is the person's."""
    async with deps.db.transaction() as tx:
        one, secret = await sessions.start(tx, deps, member(), SessionKind.DESK, "fr")
        assert await sessions.resume(tx, secret) == one
        assert one.language == "ky"
        assert len(secret) >= 43
        assert len(one.csrf) >= 22
        row = await tx.fetchrow("SELECT * FROM sessions")
        assert row is not None
        for stored in (value for value in row.values() if isinstance(value, str)):
            assert await sessions.resume(tx, stored) is None
        assert await sessions.resume(tx, row["secret_hash"].hex()) is None


async def test_somebody_ends_all_their_sessions_but_this_one_and_nobody_elses(deps: Deps) -> None:
    """Each ending is said once, however often it is asked for."""
    async with deps.db.transaction() as tx:
        here, secret = await sessions.start(tx, deps, member(), SessionKind.DESK, "ky")
        for _ in range(2):
            await sessions.start(tx, deps, member(), SessionKind.SHARED, "ky")
        _, other = await sessions.start(tx, deps, member("st-two"), SessionKind.DESK, "ky")
        assert await sessions.end_all(tx, "st-one", but=here.session_id, by="st-one") == 2
        assert await sessions.of_staff(tx, "st-one") == [here]
        for _ in range(2):
            await sessions.end(tx, here.session_id, by="st-one")
        assert await sessions.resume(tx, secret) is None
        assert await sessions.resume(tx, other) is not None
    async with deps.db.transaction() as tx:
        types = await said(tx)
    assert types == [*["tirek.session.started.v1"] * 4, *["tirek.session.ended.v1"] * 3]


async def test_who_serves_no_more_is_out_and_who_is_another_now_is_so_here(deps: Deps) -> None:
    """A hint makes the register be asked before anything more is done."""
    async with deps.db.transaction() as tx:
        both = member(roles=frozenset({"coordinator", "worker"}))
        one, secret = await sessions.start(tx, deps, both, SessionKind.DESK, "ky")
        await sessions.doubt(tx, "st-one")
        found = await sessions.resume(tx, secret)
        assert found is not None
        assert found.doubtful(tx.now)
        known = await sessions.recheck(tx, found, member(roles=frozenset({"coordinator"})))
        assert known == await sessions.resume(tx, secret)
        assert known is not None
        assert known.roles == {"coordinator"}
        assert not known.doubtful(tx.now)
        assert await sessions.recheck(tx, one, None) is None
        assert await sessions.resume(tx, secret) is None


async def test_who_may_do_more_than_before_signs_in_anew(deps: Deps) -> None:
    """A secret that opened less before, and was somewhere then, never opens more."""
    more = member(roles=frozenset({"worker", "administrator"}))
    async with deps.db.transaction() as tx:
        one, secret = await sessions.start(tx, deps, member(), SessionKind.DESK, "ky")
        assert await sessions.recheck(tx, one, more) is None
        assert await sessions.resume(tx, secret) is None


async def test_nobody_but_the_console_sees_a_session(deps: Deps) -> None:
    """Row-level security: a transaction for a person finds none, and writes none."""
    async with deps.db.transaction() as tx:
        _, secret = await sessions.start(tx, deps, member(), SessionKind.DESK, "ky")
    async with deps.db.transaction(actor="st-one") as tx:
        assert await sessions.resume(tx, secret) is None
        assert await sessions.end_all(tx, "st-one", but=None, by="st-one") == 0


async def test_time_ends_a_session_and_that_is_said(deps: Deps) -> None:
    """What is done in it is written down, though not at each request; then it is idle, or over."""
    async with deps.db.transaction() as tx:
        _, busy = await sessions.start(tx, deps, member(), SessionKind.DESK, "ky")
        _, idle = await sessions.start(tx, deps, member("st-two"), SessionKind.SHARED, "ky")
        for minutes in (4, 10):
            await tx.execute(LATER, timedelta(minutes=minutes))
            assert await sessions.resume(tx, busy) is not None
        assert await sessions.resume(tx, idle) is None
        assert not await sessions.end_past(tx)
        assert [tuple(row) for row in await tx.fetch(ENDED)] == [("st-two", "idle")]
    async with deps.db.transaction() as tx:
        assert (await said(tx)).count("tirek.session.ended.v1") == 1
