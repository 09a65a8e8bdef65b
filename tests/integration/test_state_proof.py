"""A row that somebody edited at the database is not as its service said: verify names it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from deploy.operations.outbox_proof import Looked, Proof
from services.referral.handlers import answers
from services.referral.handlers.answers import Answering
from shared.db import Database
from shared.events.words import Answer
from shared.macs import Macs
from tests.stack import scratch
from tests.support.bus import NotifyLike, act, new_incident, settings
from tests.support.bus import said as heard
from tests.support.referral_house import opened, worker

ANSWERED = """
INSERT INTO offers (offer_id, incident_id, service_request_id, organisation, status, version,
                    changed_at)
VALUES ('o', 'i', 's', 'desk', 'requested', 1, $2) ON CONFLICT DO NOTHING;
"""
GIVEN = """
INSERT INTO answers (answer_id, offer_id, staff_id, answer, channel, received_at)
VALUES ($1, 'o', 'st-test', 'accept', 'sms', $2)
"""


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """Outboxes of this test's own."""
    async with scratch("referral.migrate", "notify.migrate") as stack:
        yield stack


async def proof(stack: Stack, service: str) -> Looked:
    """What `tirek outbox verify` looks at, with the service's key and without its topic."""
    database = await asyncpg.connect(stack.dsn(f"tirek_{service}"))
    try:
        macs = Macs.of(stack.keys(service))
        return await Proof(database, service, lambda _: None, macs).verify(None)
    finally:
        await database.close()


async def edited(stack: Stack, service: str, statement: str, row: str) -> list[str]:
    """What is found once somebody with the service's role has done this."""
    database = await asyncpg.connect(
        stack.dsn(f"tirek_{service}"), server_settings={"app.actor": "system"}
    )
    try:
        assert (await database.execute(statement, row)).endswith(" 1")
    finally:
        await database.close()
    return [str(each) for each in (await proof(stack, service)).differing or ()]


@pytest.mark.parametrize(
    ("change", "columns"),
    [
        ("status = 'rejected'", "status"),
        ("person = 'st-forger'", "person"),
        ("late = NOT late", "late"),
        ("accepted_at = accepted_at - interval '1 hour'", "accepted_at"),
        ("answered_at = answered_at - interval '1 hour'", "answered_at"),
    ],
)
async def test_an_offer_that_was_edited_is_named(own: Stack, change: str, columns: str) -> None:
    """Who has the case, and since when in time, as referral last said it."""
    async with opened(own) as house:
        request = await house.reported()
        offer = request.offers[0]
        holder = worker(offer.organisation)
        async with house.as_seen_by(holder) as tx:
            await answers.answer(tx, house.deps, Answering(holder, Answer.ACCEPT), offer.id)
    before = (await proof(own, "referral")).differing or []
    assert offer.id not in {each.id for each in before}
    found = await edited(own, "referral", f"UPDATE offer SET {change} WHERE id = $1", offer.id)
    assert [f"offer {offer.id} not as an event not yet numbered says: {columns}"] == [
        each for each in found if offer.id in each
    ]


async def test_an_answer_that_was_back_dated_or_removed_is_named(own: Stack) -> None:
    """When it came, and from whom, as notify said it."""
    notify = Database(settings(own, NotifyLike))
    try:
        async with notify.transaction() as tx:
            await tx.execute(ANSWERED.replace("$2", "'2026-11-30T00:00:00Z'"))
            for number in (1, 2):
                await tx.execute(GIVEN, f"{number}", tx.now)
                body = heard(new_incident(), number)
                tx.emit(body, subject=f"{number}", version=1, act=act(tx.now))
    finally:
        await notify.close()
    assert (await proof(own, "notify")).differing == []
    earlier = (
        "UPDATE answers SET received_at = received_at - interval '1 hour' WHERE answer_id = $1"
    )
    assert await edited(own, "notify", earlier, "1") == [
        "answers 1 not as an event not yet numbered says: received_at"
    ]
    [_, gone] = await edited(own, "notify", "DELETE FROM answers WHERE answer_id = $1", "2")
    assert gone == "answers 2 not as an event not yet numbered says: it is gone"
