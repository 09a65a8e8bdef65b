"""Reading what was consented needs no broker, and a consent that ended ends it at once."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.stack import scratch
from tests.support.town import EVERYTHING, Town, someone_at, town

NAME = "12-late-yes"
NEED = "crisis-counselling"


@pytest_asyncio.fixture
async def alone() -> AsyncIterator[Town]:
    """A town of this test's own: its broker is going to be stopped."""
    async with scratch(*EVERYTHING) as stack, town(stack) as own:
        yield own


async def test_accept_and_read_with_the_broker_stopped_and_not_after_a_withdrawal(
    alone: Town,
) -> None:
    """Referral signs a ticket, intake checks it: no event is waited for, none can be outrun."""
    reads, withdrawn = await alone.report(NAME), await alone.report(NAME)
    offers = {incident: await alone.offer(incident, NEED) for incident in (reads, withdrawn)}
    await alone.stack.part("kafka").stop()

    reporter = alone.caller(alone.samples[NAME].reported_by)
    shown = await alone.ask(reporter, "intake", "GET", f"/incidents/{withdrawn}")
    consent = shown["consents"][0]["consent_id"]
    path = f"/incidents/{withdrawn}/consents/{consent}/withdrawal"
    answer = await alone.call(reporter, "intake", "POST", path)
    assert answer.is_success, answer.text

    answers = {}
    for incident, offer in offers.items():
        caller = someone_at(alone, offer["organisation"])
        accepted = await alone.ask(
            caller, "referral", "POST", f"/offers/{offer['offer_id']}/accept", {}
        )
        asked = {"purpose": "service", "ticket": accepted["ticket"]}
        answers[incident] = await alone.call(
            caller, "intake", "POST", f"/incidents/{incident}/disclosures", asked
        )
    assert answers[reads].status_code == 200
    assert "Елена Самсонова" in answers[reads].text
    assert answers[withdrawn].status_code == 403
    assert "Самсонова" not in answers[withdrawn].text
    assert answers[withdrawn].headers["content-type"] == "application/problem+json"

    again = await alone.report(NAME)
    assert again, "intake takes incidents with the broker down"
