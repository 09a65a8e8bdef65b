"""Reading what was consented needs no broker, and a consent that ended ends it at once."""

from typing import Any

from tests.support.faults.brokers import down
from tests.support.town import Town, someone_at

NAME = "12-late-yes"
NEED = "crisis-counselling"


async def test_accept_and_read_with_the_broker_stopped_and_not_after_a_withdrawal(
    whole: Town,
) -> None:
    """Referral signs a ticket, intake checks it: no event is waited for, none can be outrun."""
    reads, withdrawn = await whole.report(NAME), await whole.report(NAME)
    offers = {incident: await whole.offer(incident, NEED) for incident in (reads, withdrawn)}
    async with down(whole.stack):
        await read_and_withdrawn(whole, offers)


async def read_and_withdrawn(whole: Town, offers: dict[str, dict[str, Any]]) -> None:
    """The second of two incidents loses its consent; holders of both read, and one is refused."""
    reads, withdrawn = offers
    reporter = whole.caller(whole.samples[NAME].reported_by)
    shown = await whole.ask(reporter, "intake", "GET", f"/incidents/{withdrawn}")
    consent = shown["consents"][0]["consent_id"]
    path = f"/incidents/{withdrawn}/consents/{consent}/withdrawal"
    answer = await whole.call(reporter, "intake", "POST", path)
    assert answer.is_success, answer.text

    answers = {}
    for incident, offer in offers.items():
        caller = someone_at(whole, offer["organisation"])
        accepted = await whole.ask(
            caller, "referral", "POST", f"/offers/{offer['offer_id']}/accept", {}
        )
        asked = {"purpose": "service", "ticket": accepted["ticket"]}
        answers[incident] = await whole.call(
            caller, "intake", "POST", f"/incidents/{incident}/disclosures", asked
        )
    assert answers[reads].status_code == 200
    assert "Елена Самсонова" in answers[reads].text
    assert answers[withdrawn].status_code == 403
    assert "Самсонова" not in answers[withdrawn].text
    assert answers[withdrawn].headers["content-type"] == "application/problem+json"

    again = await whole.report(NAME)
    assert again, "intake takes incidents with the broker down"
