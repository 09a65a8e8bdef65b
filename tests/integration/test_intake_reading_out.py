"""Reading out over the telephone: three words must agree, and both who read and who hear are on
record before a single group is said."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from shared.events.words import OfferStatus
from shared.security.tokens import Caller
from tests.support.intake import Intake, consent, running, staff
from tests.support.reading_out import SCOPE, calling


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


async def test_one_group_is_read_out_and_both_are_on_record(intake: Intake) -> None:
    """That group and no other; the incident is not named; a row for each, under the check."""
    call = await calling(intake)
    answer = await call.read("identity")
    assert answer.status_code == 200, answer.text
    read = answer.json()
    assert read["data"] == {"identity": {"name": "Айсулуу", "language": "ky"}}
    assert call.taken["incident_id"] not in answer.text
    for reader in (call.officer, call.operator):
        found = await intake.count(
            "disclosures",
            "incident_id = $1 AND staff_id = $2 AND organisation = $3 AND read_out_by = $4"
            " AND check_id = 'check-1' AND field_groups = '{identity}'",
            call.taken["incident_id"],
            reader.staff_id,
            reader.organisation,
            call.operator.staff_id,
        )
        assert found == 1, reader
    assert await call.recorded() == 2


async def test_numbers_are_masked_outside_her_hours(intake: Intake) -> None:
    """As for holders: unless her life is in danger, which is on record for both."""
    never = {"channel": "none", "language": "ky", "phone": "0 000 500 102"}
    call = await calling(intake, safe_contact=never)
    assert (await call.read("contact")).json()["data"]["contact"]["masked_phone"]
    shown = await call.read("contact", outside_hours="danger-to-life")
    assert shown.json()["data"]["contact"]["phone"] == "+996000500101"
    whose = "incident_id = $1 AND outside_hours = 'danger-to-life'"
    assert await intake.count("disclosures", whose, call.taken["incident_id"]) == 2


async def test_what_does_not_agree_reads_nothing(intake: Intake) -> None:
    """Another's ticket or proof, one that is over, one to read oneself, a group without consent; a
    ticket to read out is none to read with, nor has anybody but an operator a use for it."""
    call, other = await calling(intake), await calling(intake)
    late = timedelta(minutes=5, seconds=1)
    refused = [
        await call.read("identity", ticket=await other.ticket()),
        await call.read("identity", ticket=await call.ticket(reader=None)),
        await call.read("identity", ticket=await call.ticket(reader=call.officer.staff_id)),
        await call.read("identity", ticket=await call.ticket(at=await intake.now() - late)),
        await call.read("identity", ticket=await call.proof()),
        await call.read("identity", proof=await call.proof(late)),
        await call.read("identity", proof=await call.proof(person=other.officer.staff_id)),
        await call.read("identity", proof=await call.proof(operator=other.operator.staff_id)),
        await call.read("identity", proof=await call.ticket()),
        await call.read("story"),
        await intake.read(call.officer, call.taken["incident_id"], await call.ticket()),
        await intake.ask(
            "POST",
            "/readings-out",
            call.officer,
            json={"ticket": await call.ticket(), "proof": await call.proof(), "group": "identity"},
        ),
    ]
    assert [each.status_code for each in refused] == [403] * len(refused)
    assert await call.recorded() == 0


async def test_it_ends_with_the_consent_and_with_the_holding(intake: Intake) -> None:
    """At once, though ticket and proof are good."""
    call = await calling(intake)
    ticket = await call.ticket()
    await intake.hear_offer(call.taken, OfferStatus.ACCEPTED, person="st-else")
    assert (await call.read("identity", ticket=ticket)).status_code == 403
    call = await calling(intake)
    await intake.change(
        "UPDATE intake.consents SET until = now() WHERE incident_id = $1",
        call.taken["incident_id"],
    )
    assert (await call.read("identity")).status_code == 403


@pytest.mark.parametrize("whose", ["officer", "operator"])
@pytest.mark.parametrize("how", ["staff", "organisation", "left"])
async def test_whoever_of_the_two_is_excluded_there_is_nothing(
    intake: Intake, whose: str, how: str
) -> None:
    """By id or organisation, or because they serve no more: as if the case were not there."""
    call = await calling(intake)
    one: Caller = getattr(call, whose)
    if how == "left":
        await intake.hear_staff(one, active=False)
    else:
        value = one.staff_id if how == "staff" else one.organisation
        hidden = [{"kind": how, "value": value}]
        report: dict[str, Any] = {"consents": [consent(scope=SCOPE)], "exclusions": hidden}
        call.taken = await intake.take(staff(), **report)
    answer = await call.read("identity")
    nowhere = await call.read("identity", ticket=await call.ticket(incident_id="nowhere"))
    assert (answer.status_code, answer.json()) == (404, nowhere.json())
    assert await call.recorded() == 0
