"""One incident's whole way: reported, matched, alerted, answered, read, and withdrawn."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.town import EVERYTHING, Town, town

LATE_YES = "12-late-yes"
NEED = "crisis-counselling"


@pytest_asyncio.fixture(scope="module")
async def whole() -> AsyncIterator[Town]:
    """The whole system, once for all these tests."""
    async with scratch(*EVERYTHING) as stack, town(stack) as own:
        yield own


async def test_a_report_becomes_an_sms_and_a_yes_becomes_a_case_holder(whole: Town) -> None:
    """Intake → Kafka → referral → Kafka → notify → SMPP → a phone → an answer → accepted."""
    incident = await whole.report(LATE_YES)
    offer = await whole.offer(incident, NEED)
    shown = await whole.ask(
        next(
            whole.caller(each.staff_id)
            for each in whole.people.values()
            if each.organisation == offer["organisation"]
        ),
        "referral",
        "GET",
        f"/offers/{offer['offer_id']}",
    )
    assert shown["raion"] == "41702220000000"
    assert shown["age_band"] == "45-59"
    phones = [
        each.phone
        for each in whole.people.values()
        if each.organisation == offer["organisation"] and each.phone
    ]

    async def alerted() -> str | None:
        for phone in phones:
            if await whole.messages(phone):
                return phone
        return None

    phone = str(await eventually(alerted, within=20))
    code = await whole.code(phone)
    await whole.reply(phone, f"да {code}")
    request = await whole.settled(incident, NEED, "placed")
    assert request["offers"][0]["status"] == "accepted"
    holder = next(each for each in whole.people.values() if each.phone == phone)
    assert request["offers"][0]["person"] == holder.staff_id

    async def reporter_knows() -> bool:
        return (await whole.progress(incident, LATE_YES))[NEED] == "accepted"

    await eventually(reporter_knows, within=20)
    caller = whole.caller(holder.staff_id)
    ticket = await whole.ask(caller, "referral", "POST", f"/offers/{offer['offer_id']}/ticket")
    read = await whole.ask(
        caller,
        "intake",
        "POST",
        f"/incidents/{incident}/disclosures",
        {"purpose": "service", "ticket": ticket["ticket"]},
    )
    assert "Елена Самсонова" in str(read)
    assert "41702220" not in str(read), "the location was not consented"
