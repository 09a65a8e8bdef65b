"""Who looked at what: kept as the console says it, and shown to whoever oversees."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.events import Act, Body, Event
from shared.events.console import (
    LinkRefused,
    ReadRefused,
    RecordExported,
    RecordSearched,
    RecordViewed,
    SessionRefused,
    SessionStarted,
)
from shared.events.words import Channel
from tests.support.audit_ledger import Ledger, Producer, ledger

WHEN = datetime(2025, 5, 20, 6, tzinfo=UTC)
CENTRE = "made-up-centre"
KEPT = "SELECT what, kind, record, found, times, reason FROM views WHERE staff_id = $1 ORDER BY at"


@pytest_asyncio.fixture(scope="module")
async def audit(stack: Stack) -> AsyncIterator[Ledger]:
    """The service, on the session's database."""
    async with ledger(stack) as own:
        yield own


def says(producer: Producer, body: Body, at: datetime) -> Event[Body]:
    """The console says something that came at this time."""
    act = Act(received_at=at, actor="st-somebody", channel=Channel.CONSOLE)
    event = producer.say(str(uuid4()))
    return Event(event.envelope, body, act, event.digest, event.appended_at)


async def test_what_the_console_says_is_kept_once(audit: Ledger) -> None:
    """A look, a search, a table, what was refused; and nothing is changed or taken away."""
    producer, who = await audit.producer(), f"st-{uuid4()}"
    by = {"staff_id": who, "session_id": "s", "organisation": CENTRE}
    bodies: list[Body] = [
        SessionStarted(kind="shared", **by),
        RecordViewed(kind="offer", record="o", **by),
        RecordSearched(kind="public-id", found=False, **by),
        RecordExported(kind="figures", rows=7, **by),
        ReadRefused(kind="many", times=3, **by),
        LinkRefused(kind="invitation", reason="used-up", staff_id=who),
        SessionRefused(staff_id=who, reason="wrong"),
    ]
    events = [says(producer, body, WHEN + timedelta(seconds=at)) for at, body in enumerate(bodies)]
    await audit.hear(*events, *events)
    assert [tuple(row) for row in await audit.fetch(KEPT, who)] == [
        ("signed-in", "shared", None, None, 1, None),
        ("viewed", "offer", "o", None, 1, None),
        ("searched", "public-id", None, False, 1, None),
        ("exported", "figures", None, None, 7, None),
        ("read-refused", "many", None, None, 3, None),
        ("link-refused", "invitation", None, None, 1, "used-up"),
        ("sign-in-refused", "", None, None, 1, "wrong"),
    ]
    for role in ("tirek_audit", "tirek_audit_owner"):
        connection = await asyncpg.connect(audit.stack.dsn(role))
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("DELETE FROM audit.views")
        finally:
            await connection.close()
