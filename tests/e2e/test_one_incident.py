"""One incident's whole way: reported, matched, alerted, answered, read; and a holder's by SMS."""

from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.story.codes import Codes
from deploy.local.stack import ROOT
from deploy.samples.load import Person
from shared.jurisdiction import load_jurisdiction
from shared.jurisdiction.texts import ReplyWords
from tests.stack import turn_clock
from tests.support.eventually import eventually
from tests.support.town import Town

LATE_YES = "12-late-yes"
NEED = "crisis-counselling"


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
    holder, code = await told(whole, offer)
    await whole.reply(str(holder.phone), f"да {code}")
    request = await whole.settled(incident, NEED, "placed")
    assert request["offers"][0]["status"] == "accepted"
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


async def told(whole: Town, offer: dict[str, Any]) -> tuple[Person, str]:
    """Somebody who was texted about an offer, and the code in their text."""
    codes = Codes(whole.stack.keys("notify"))
    asked = [
        each
        for each in whole.people.values()
        if each.organisation == offer["organisation"] and each.phone
    ]

    async def find() -> tuple[Person, str] | None:
        for person in asked:
            texts = " ".join(await whole.messages(str(person.phone)))
            for code in codes.of(offer["offer_id"], person.staff_id):
                if code in texts:
                    return person, code
        return None

    found: tuple[Person, str] | None = await eventually(find, within=30)
    assert found is not None
    return found


def words_of(person: Person) -> ReplyWords:
    """The reply words as their texts show them."""
    texts = load_jurisdiction(ROOT / "deploy/jurisdictions/kg").texts
    return texts.languages[person.languages[0]].reply_words


async def offers_of(whole: Town, incident: str) -> list[dict[str, Any]]:
    """The offers of the one need, oldest first."""
    [request] = [each for each in await whole.requests(incident) if each["service_type"] == NEED]
    return list(request["offers"])


async def test_who_cannot_come_after_all_says_so_and_the_next_is_asked(whole: Town) -> None:
    """Yes, then "cannot" with the same code: nobody waits for the deadline."""
    incident = await whole.report(LATE_YES)
    person, code = await told(whole, await whole.offer(incident, NEED))
    await whole.reply(str(person.phone), f"{words_of(person).accept.shown} {code}")
    await whole.settled(incident, NEED, "placed")
    await whole.reply(str(person.phone), f"{words_of(person).unable.shown} {code}!")
    await whole.settled(incident, NEED, "offering")
    first, second = await offers_of(whole, incident)
    assert (first["status"], first["reason"]) == ("failed", "unable")
    assert second["status"] == "requested"
    await told(whole, second)


async def test_a_case_is_held_by_sms_alone(whole: Town) -> None:
    """Twenty-five wrong codes and then the right one; a reminder; on the way; there."""
    incident = await whole.report(LATE_YES)
    person, code = await told(whole, await whole.offer(incident, NEED))
    phone, words = str(person.phone), words_of(person)
    for number in range(25):
        await whole.reply(phone, f"{words.accept.shown} 22222{number // 8 + 2}{number % 6 + 2}")
    await whole.reply(phone, f"{words.accept.shown}, {code}. Рахмат")
    await whole.settled(incident, NEED, "placed")
    [held] = await offers_of(whole, incident)
    assert held["person"] == person.staff_id

    contact = datetime.fromisoformat(held["deadline"]) - datetime.now(UTC)
    await turn_clock(whole.stack, contact * 2 / 3 + timedelta(minutes=1))

    async def reminded() -> bool:
        return any(
            words.arrived.shown in text and words.on_the_way.shown not in text and code in text
            for text in await whole.messages(phone)
        )

    await eventually(reminded, within=30)
    await whole.reply(phone, f"{code} {words.on_the_way.shown.lower()}")

    async def coming() -> dict[str, Any] | None:
        [offer] = await offers_of(whole, incident)
        return offer if offer["on_the_way_at"] else None

    offer = await eventually(coming, within=30)
    assert (offer["status"], offer["deadline"]) == ("accepted", held["deadline"])
    await whole.reply(phone, f"{words.arrived.shown} {code}")
    request = await whole.settled(incident, NEED, "in-service")
    assert request["offers"][0]["contact_claimed_at"] is not None


async def test_a_need_that_waits_is_offered_as_soon_as_somebody_consents(whole: Town) -> None:
    """And one that nobody asked for at first is opened, under the same exclusions."""
    sample = whole.samples[LATE_YES]
    given = whole.body(LATE_YES)["consents"]
    incident = await whole.report(LATE_YES, consents=[], territory="41704245845020")

    async def waits() -> bool:
        return (await whole.progress(incident, LATE_YES))[NEED] == "awaiting-consent"

    await eventually(waits, within=20)
    caller = whole.caller(sample.reported_by)
    legal = given[0] | {"need": "legal-aid", "recipient_kind": "legal-aid-centre"}
    path = f"/incidents/{incident}/consents"
    await whole.ask(caller, "intake", "POST", path, {"consents": [*given, legal]})
    for need in (NEED, "legal-aid"):
        assert (await whole.offer(incident, need))["offer_id"]
