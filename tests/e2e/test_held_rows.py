"""A person looks at rows in psql and leaves the transaction open: nobody else waits for them."""

import asyncpg
from aiokafka.partitioner import DefaultPartitioner

from shared.events.topics import TOPICS
from tests.e2e.test_one_incident import LATE_YES, NEED, told
from tests.support.eventually import eventually
from tests.support.town import Town

HOLD = "SELECT FROM referral.service_request WHERE incident_id = ANY($1::text[]) FOR UPDATE"
ASIDE = """
SELECT array_agg(convert_from(key, 'UTF8')) FROM referral.parked
WHERE redriven_at IS NULL AND asked_at IS NOT NULL
"""
ACCEPTED = "accepted"


def partition(incident: str) -> int:
    """Of notify's topic, where answers about an incident lie."""
    partitions = list(range(TOPICS["notify"].partitions))
    return int(DefaultPartitioner()(incident.encode(), partitions, partitions))


async def beside(town: Town, incident: str) -> str:
    """Another incident, whose events lie in the same partitions."""
    while True:
        other = await town.report(LATE_YES)
        if partition(other) == partition(incident):
            return other


async def says_yes(town: Town, incident: str) -> None:
    """Somebody who is asked says yes, by SMS."""
    person, code = await told(town, await town.offer(incident, NEED))
    await town.reply(str(person.phone), f"да {code}")


async def test_rows_that_a_person_holds_delay_their_own_cases_alone(whole: Town) -> None:
    """Three of them: a neighbour in the same partition gets its yes meanwhile, an API answers 503
    soon, and then each held case gets its own, by itself."""
    held = [await whole.report(LATE_YES) for _ in range(3)]
    neighbour = await beside(whole, held[0])
    offers = [await whole.offer(each, NEED) for each in held]
    person, _ = await told(whole, offers[2])
    hand = await asyncpg.connect(whole.stack.superuser("tirek"))
    look = await asyncpg.connect(whole.stack.superuser("tirek"))
    try:
        transaction = hand.transaction()
        await transaction.start()
        await hand.execute(HOLD, held)
        await says_yes(whole, held[0])
        await says_yes(whole, held[1])

        async def aside() -> bool:
            return set(held[:2]) <= set(await look.fetchval(ASIDE) or ())

        await eventually(aside)
        await says_yes(whole, neighbour)
        request = await whole.settled(neighbour, NEED, "placed")
        assert request["offers"][0]["status"] == ACCEPTED
        path = f"/offers/{offers[2]['offer_id']}/accept"
        refused = await whole.call(whole.caller(person.staff_id), "referral", "POST", path, {})
        assert refused.status_code == 503
        await transaction.rollback()
        for incident in held[:2]:
            request = await whole.settled(incident, NEED, "placed")
            assert request["offers"][0]["status"] == ACCEPTED
        assert not await look.fetchval(ASIDE)
    finally:
        await hand.close()
        await look.close()
