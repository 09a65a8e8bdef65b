"""Reading with a ticket: only the holder, only while consent holds, only what was consented to."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.events.words import OfferStatus
from shared.jurisdiction.calendar import WEEKDAYS
from shared.security.tokens import Caller, Signer
from tests.support.intake import Intake, consent, key_file, running, staff
from tests.support.referral_says import CENTRE


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


def holder(**fields: Any) -> Caller:
    """Somebody of the crisis centre who said yes."""
    return staff("worker", **({"organisation": CENTRE} | fields))


async def records(intake: Intake, taken: dict[str, Any]) -> int:
    """How many readings of an incident are recorded."""
    return await intake.count("disclosures", "incident_id = $1", taken["incident_id"])


async def test_the_holder_reads_what_was_consented_to_and_no_more(intake: Intake) -> None:
    """Groups that were not consented to are not in the answer; the reading is recorded."""
    taken = await intake.take(
        staff(),
        consents=[consent(scope=["identity", "risk"]), consent(scope=["story"])],
        accused=[{"name": "Бек Үлгү", "relation": "күйөөсү"}],
        children=[{"age": 8, "witness": True, "name": "Эмир"}],
        reporter={"kind": "neighbour", "name": "Пётр Вымышленный"},
    )
    reader = holder()
    answer = await intake.read(reader, taken["incident_id"], await intake.ticket(taken, reader))
    assert answer.status_code == 200
    read = answer.json()
    assert read["groups"] == ["identity", "story", "risk"]
    assert read["data"] == {
        "identity": {"name": "Айсулуу", "age": 34, "language": "ky"},
        "story": {"text": "Күйөөсү артынан түшүп жүрөт."},
        "risk": {
            "urgency": "standard",
            "immediate_danger": False,
            "danger_signs": ["stalking"],
            "score": 2,
            "checklist": "kg-2026-11",
            "accused": [{"name": "Бек Үлгү", "relation": "күйөөсү"}],
        },
    }
    assert await records(intake, taken) == 1
    assert (
        await intake.count(
            "disclosures",
            "disclosure_id = $1 AND staff_id = $2 AND field_groups = $3",
            read["disclosure_id"],
            reader.staff_id,
            ["identity", "story", "risk"],
        )
        == 1
    )


async def test_every_group_shows_what_belongs_to_it(intake: Intake) -> None:
    """Contact, location, health and children, where all of it is consented to."""
    violence = await intake.now() - timedelta(hours=5)
    taken = await intake.take(
        staff(),
        consents=[consent(scope=["contact", "location", "health", "children"])],
        survivor={
            "phone": "0 000 500 101",
            "address": "Вымышленная, 7",
            "language": "ky",
            "access_needs": ["hearing"],
        },
        children=[{"age": 8, "witness": True, "name": "Эмир"}],
        sexual_violence_at=violence.isoformat(),
    )
    reader = holder()
    answer = await intake.read(reader, taken["incident_id"], await intake.ticket(taken, reader))
    assert answer.json()["data"] == {
        "contact": {"phone": "+996000500101"},
        "location": {
            "territory": "41704245845020",
            "place": "Нарын облусу, Нарын району, Учкун айыл аймагы",
            "address": "Вымышленная, 7",
        },
        "health": {
            "sexual_violence_at": violence.isoformat().replace("+00:00", "Z"),
            "access_needs": ["hearing"],
        },
        "children": [{"age": 8, "witness": True, "name": "Эмир"}],
    }


async def test_a_place_is_named_in_the_readers_language(intake: Intake) -> None:
    """The code stays beside it; a shown incident names the raion, and nothing finer."""
    caller, reader = staff(), holder()
    taken = await intake.take(caller, consents=[consent(scope=["location"])])
    path, russian = f"/incidents/{taken['incident_id']}", {"Accept-Language": "ru-KG, en;q=0.5"}
    body = {"purpose": "service", "ticket": await intake.ticket(taken, reader)}
    read = await intake.ask("POST", f"{path}/disclosures", reader, json=body, headers=russian)
    assert read.json()["data"]["location"]["place"].startswith("Нарынская область, Нарынский район")
    shown = (await intake.ask("GET", path, caller, headers=russian)).json()
    assert (shown["territory"], shown["place"]) == ("41704245000000", "Нарынский район")
    refused = await intake.ask("POST", f"{path}/entered", caller, json={}, headers=russian)
    assert refused.json()["errors"] == [{"field": "purpose", "message": "нужно указать"}]


def called_on(day: int, **fields: Any) -> dict[str, Any]:
    """A safe contact on one weekday (0 is Monday)."""
    return {
        "channel": "call",
        "phone": "+996000500102",
        "days": [WEEKDAYS[day % 7]],
        "from": "00:00",
        "to": "23:59",
        "leave_message": False,
        "code_word": "кымыз",
        "language": "ky",
    } | fields


async def weekday(intake: Intake) -> int:
    """Which day of the week it is there."""
    return (await intake.now()).astimezone(intake.deps.jurisdiction.zone).weekday()


async def test_a_safe_contact_grows_old(intake: Intake) -> None:
    """After 14 days it may be the abuser who answers: then nothing of it is shown."""
    hour = (await intake.now()).astimezone(intake.deps.jurisdiction.zone).hour
    closes, opens = f"{(hour + 11) % 24:02}:59", f"{(hour + 12) % 24:02}:00"
    contact = called_on(0, days=list(WEEKDAYS)) | {"from": opens, "to": closes}
    taken = await intake.take(
        staff(), consents=[consent(scope=["safe-contact"])], safe_contact=contact
    )
    reader = holder()
    answer = await intake.read(reader, taken["incident_id"], await intake.ticket(taken, reader))
    shown = answer.json()["data"]["safe_contact"]
    assert (shown["code_word"], shown["phone"]) == ("кымыз", contact["phone"])
    assert (shown["opens"], shown["closes"], shown["expired"]) == (opens, closes, False)
    await intake.age(taken, timedelta(days=14, seconds=1))
    again = await intake.read(reader, taken["incident_id"], await intake.ticket(taken, reader))
    assert set(again.json()["data"]["safe_contact"]) >= {"expired", "expires_at"}
    assert again.json()["data"]["safe_contact"]["expired"]
    assert "+996000500102" not in again.text
    assert "кымыз" not in again.text


async def test_a_number_is_shown_in_its_hours_only_or_for_a_reason_that_is_recorded(
    intake: Intake,
) -> None:
    """Two days off, no reading shows it, not even to who may read her own number alone; in danger
    to life it does, and the record says why."""
    contact = called_on(await weekday(intake) + 2)
    for scope in (["safe-contact"], ["contact"], ["contact", "safe-contact"]):
        taken = await intake.take(
            staff(),
            consents=[consent(scope=scope)],
            survivor={"phone": contact["phone"], "language": "ky"},
            safe_contact=contact,
        )
        reader = holder()
        ticket = await intake.ticket(taken, reader)
        answer = await intake.read(reader, taken["incident_id"], ticket)
        assert contact["phone"] not in answer.text
        data = answer.json()["data"]
        assert set(data) == {group.replace("-", "_") for group in scope}
        for each in data.values():
            assert each["masked_phone"] == "…02"
            assert each["safe_next"].endswith("T00:00:00+06:00")
        urgent = await intake.read(
            reader, taken["incident_id"], ticket, outside_hours="danger-to-life"
        )
        assert contact["phone"] in urgent.text
        where = "incident_id = $1 AND outside_hours = 'danger-to-life'"
        assert await intake.count("disclosures", where, taken["incident_id"]) == 1
        refused = await intake.read(reader, taken["incident_id"], ticket, outside_hours="curious")
        assert refused.status_code == 422


async def test_a_withdrawn_consent_shows_no_field_whatever_referral_knows(intake: Intake) -> None:
    """Withdrawn, then accepted before the event arrives: the ticket is good, nothing is shown."""
    caller, reader = staff(), holder()
    taken = await intake.take(caller)
    given = taken["consents"][0]["consent_id"]
    assert (await intake.withdraw(caller, taken["incident_id"], given)).status_code == 200
    answer = await intake.read(reader, taken["incident_id"], await intake.ticket(taken, reader))
    assert answer.status_code == 403
    assert "in force" in answer.json()["detail"]
    assert "data" not in answer.json()
    assert await records(intake, taken) == 0


async def test_no_reading_overtakes_a_withdrawal(intake: Intake) -> None:
    """Readings and a withdrawal at once: none begins after the withdrawal has committed."""
    caller, reader = staff(), holder()
    for _ in range(10):
        taken = await intake.take(caller)
        ticket = await intake.ticket(taken, reader)
        reads = [intake.read(reader, taken["incident_id"], ticket) for _ in range(3)]
        given = taken["consents"][0]["consent_id"]
        ended, *answers = await asyncio.gather(
            intake.withdraw(caller, taken["incident_id"], given), *reads
        )
        assert ended.status_code == 200
        assert {each.status_code for each in answers} <= {200, 403}
        late = await intake.read(reader, taken["incident_id"], ticket)
        assert late.status_code == 403
        read = [each for each in answers if each.status_code == 200]
        assert await records(intake, taken) == len(read)


async def test_a_consent_ends_by_itself(intake: Intake) -> None:
    """On its last day, without anybody doing anything."""
    taken, reader = await intake.take(staff()), holder()
    await intake.change(
        "UPDATE intake.consents SET until = now() WHERE incident_id = $1",
        taken["incident_id"],
    )
    answer = await intake.read(reader, taken["incident_id"], await intake.ticket(taken, reader))
    assert answer.status_code == 403


async def test_a_consent_is_for_a_recipient_and_a_purpose(intake: Intake) -> None:
    """Another kind, another organisation or another purpose reads nothing."""
    reader = holder()
    for terms, ticket, purpose in (
        ({"recipient_kind": "ngo"}, {}, "service"),
        ({"organisation": "sezim-bishkek"}, {}, "service"),
        ({}, {"organisation_kind": "police"}, "service"),
        ({}, {}, "statistics"),
    ):
        taken = await intake.take(staff(), consents=[consent(**terms)])
        signed = await intake.ticket(taken, reader, **ticket)
        answer = await intake.read(reader, taken["incident_id"], signed, purpose)
        assert answer.status_code == 403
        assert await records(intake, taken) == 0
    named = await intake.take(staff(), consents=[consent(organisation=CENTRE)])
    answer = await intake.read(reader, named["incident_id"], await intake.ticket(named, reader))
    assert answer.status_code == 200


async def test_a_ticket_is_good_for_its_holder_incident_and_five_minutes(
    intake: Intake, stack: Stack
) -> None:
    """Somebody else's, another incident's, an old one, one that referral never signed: 403."""
    taken, other = await intake.take(staff()), await intake.take(staff())
    reader = holder()
    now = await intake.now()
    forger = Signer.from_file(key_file(stack, "console", "tokens.private.json"))
    good = await intake.ticket(taken, reader)
    tickets = [
        await intake.ticket(taken, holder()),
        await intake.ticket(taken, holder(), organisation=reader.organisation),
        await intake.ticket(taken, reader, organisation="sezim-bishkek"),
        await intake.ticket(other, reader),
        await intake.ticket(taken, reader, at=now - timedelta(minutes=5, seconds=1)),
        await intake.ticket(taken, reader, at=now + timedelta(minutes=2)),
        forger.token(reader, now),
        good[:-4] + "AAAA",
        "rubbish",
    ]
    for ticket in tickets:
        answer = await intake.read(reader, taken["incident_id"], ticket)
        assert answer.status_code == 403, answer.text
    assert (await intake.read(reader, other["incident_id"], good)).status_code == 403
    assert await records(intake, taken) == 0
    assert (await intake.read(reader, taken["incident_id"], good)).status_code == 200


@pytest.mark.parametrize(
    "exclusion",
    [
        {"kind": "staff", "value": "st-kin"},
        {"kind": "organisation", "value": CENTRE},
        {"kind": "place", "value": "41704245"},
    ],
)
async def test_who_is_excluded_finds_nothing(intake: Intake, exclusion: dict[str, str]) -> None:
    """Even with a good ticket: as if the incident were not there."""
    reader = holder(staff_id="st-kin", territories=("41704245845000",))
    taken = await intake.take(staff(organisation="far-away"), exclusions=[exclusion])
    answer = await intake.read(reader, taken["incident_id"], await intake.ticket(taken, reader))
    nothing = await intake.read(
        reader,
        "00000000-0000-4000-8000-000000000000",
        await intake.ticket(taken, reader, incident_id="00000000-0000-4000-8000-000000000000"),
    )
    assert answer.status_code == nothing.status_code == 404
    assert answer.json() == nothing.json()


@pytest.mark.parametrize(
    "ended", [OfferStatus.CANCELLED, OfferStatus.FAILED, OfferStatus.ENTERED_IN_ERROR]
)
async def test_an_offer_that_ended_ends_the_reading(intake: Intake, ended: OfferStatus) -> None:
    """A ticket given before does not outlive it."""
    taken, reader = await intake.take(staff()), holder()
    ticket = await intake.ticket(taken, reader)
    await intake.hear_offer(taken, OfferStatus.ACCEPTED, 1, person=reader.staff_id)
    assert (await intake.read(reader, taken["incident_id"], ticket)).status_code == 200
    await intake.hear_offer(taken, ended, 2)
    assert (await intake.read(reader, taken["incident_id"], ticket)).status_code == 403


async def test_a_case_that_was_handed_over_is_read_by_the_new_holder(intake: Intake) -> None:
    """The old one's ticket is void from that event on."""
    taken, before, after = await intake.take(staff()), holder(), holder()
    old = await intake.ticket(taken, before)
    await intake.hear_offer(taken, OfferStatus.ACCEPTED, 3, person=after.staff_id)
    new = await intake.ticket(taken, after)
    assert (await intake.read(before, taken["incident_id"], old)).status_code == 403
    assert (await intake.read(after, taken["incident_id"], new)).status_code == 200


async def test_an_event_older_than_what_is_held_has_no_effect(intake: Intake) -> None:
    """A cancellation that comes late, after the acceptance that followed it, ends nothing."""
    taken, reader = await intake.take(staff()), holder()
    await intake.hear_offer(taken, OfferStatus.ACCEPTED, 5, person=reader.staff_id)
    await intake.hear_offer(taken, OfferStatus.CANCELLED, 4)
    answer = await intake.read(reader, taken["incident_id"], await intake.ticket(taken, reader))
    assert answer.status_code == 200


@pytest.mark.parametrize("before", [OfferStatus.EXPIRED, OfferStatus.CANCELLED])
async def test_a_ticket_knows_better_than_an_older_event(
    intake: Intake, before: OfferStatus
) -> None:
    """Expired or superseded, heard; then accepted while the broker is down: the holder reads."""
    taken, reader = await intake.take(staff()), holder()
    now = await intake.now()
    await intake.hear_offer(taken, before, 2, at=now - timedelta(seconds=2))
    answer = await intake.read(reader, taken["incident_id"], await intake.ticket(taken, reader))
    assert answer.status_code == 200
