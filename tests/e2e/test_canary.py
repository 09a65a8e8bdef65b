"""A word planted in every personal field shows up in no topic, log, SMS, mail, metric or table."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest_asyncio
from aiokafka import AIOKafkaConsumer

from deploy.samples.founding.figures import SECRETARY
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.founding import PARTS, enter, some
from tests.support.town import BISHKEK, COORDINATOR, Town, someone_at, town

NAME = "01-child-who-witnessed"
PHONE = "+996000777{:03d}"
LOGGED_BY = ("intake", "referral", "notify", "committee", "kafka")


class Planted:
    """Makes canaries, and remembers them."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def word(self) -> str:
        """A word that occurs nowhere else."""
        self.words.append(f"канарейка{len(self.words):03d}кенар")
        return self.words[-1]

    def phone(self) -> str:
        """A number that occurs nowhere else."""
        self.words.append(PHONE.format(len(self.words)))
        return self.words[-1]

    def found_in(self, text: str) -> list[str]:
        """Which of them stand in a text; numbers with and without their plus."""
        return [word for word in self.words if word.removeprefix("+") in text]


@pytest_asyncio.fixture(scope="module")
async def alone() -> AsyncIterator[Town]:
    """A town of these tests' own: all its logs and topics are read."""
    async with scratch(*PARTS) as stack, town(stack) as own:
        yield own


async def test_a_canary_in_every_personal_field_is_seen_nowhere(alone: Town) -> None:
    """It is there for the case holder who may read it, and for nobody else."""
    planted = Planted()
    body = alone.body(NAME) | personal(planted)
    for consent in body["consents"]:
        consent["given_by"]["basis"] = planted.word()
    writer = alone.caller(alone.samples[NAME].reported_by)
    draft = (await alone.ask(writer, "intake", "POST", "/drafts"))["draft_id"]
    await alone.ask(writer, "intake", "PUT", f"/drafts/{draft}", body)
    incident = await alone.report(NAME, **body, draft=draft)
    offer = await alone.offer(incident, "crisis-counselling")
    caller = someone_at(alone, offer["organisation"])
    accepted = await alone.ask(
        caller, "referral", "POST", f"/offers/{offer['offer_id']}/accept", {}
    )
    asked = {"purpose": "service", "ticket": accepted["ticket"]}
    read = await alone.ask(caller, "intake", "POST", f"/incidents/{incident}/disclosures", asked)
    assert planted.found_in(str(read)), "the case holder may read what was consented"
    bad = await alone.call(
        caller, "intake", "POST", "/incidents", body | {"territory": planted.word()},
        Idempotency_Key="canary-bad",
    )  # fmt: skip
    assert bad.status_code == 422
    assert not planted.found_in(bad.text), "a refusal repeats what was sent"

    async def referral_is_done() -> bool:
        return any(each["fulfilment"] == "placed" for each in await alone.requests(incident))

    async def somebody_was_told() -> bool:
        return bool((await alone.http.get(f"{alone.stack.url('phones')}/api/messages")).json())

    await eventually(referral_is_done, within=20)
    await eventually(somebody_was_told, within=20)
    for where, text in (await everything_seen(alone)).items():
        assert not planted.found_in(text), f"{where} holds personal data"


async def test_a_canary_in_the_work_of_a_committee_is_seen_nowhere(alone: Town) -> None:
    """In the names and telephones of those who sit in it, and of who appealed to it."""
    planted = Planted()
    names = tuple(planted.word() for _ in range(20))
    founding = some("committee-uchkun").model_copy(
        update={"surname": planted.word(), "given_names": names}
    )
    (committee,) = founding.committees
    await enter(alone, founding)
    people = founding.people(committee)
    read = await alone.ask(
        people[SECRETARY].caller, "notify", "GET", f"/people?organisation={committee.organisation}"
    )
    assert planted.found_in(str(read)), "the committee's own people may read the names"
    seen, year = await everything_seen(alone), datetime.now(BISHKEK).year
    for caller in (COORDINATOR, people[SECRETARY].caller):
        for path in (f"/report?year={year}", f"/report.csv?year={year}"):
            answer = await alone.call(caller, "committee", "GET", path)
            seen[f"{path} for {caller.staff_id}"] = answer.text
    for where, text in seen.items():
        assert not planted.found_in(text), f"{where} holds personal data"


def personal(planted: Planted) -> dict[str, Any]:
    """Every personal field of a report, with a canary in it."""
    return {
        "reporter": {"kind": "staff", "name": planted.word(), "phone": planted.phone()},
        "survivor": {
            "name": planted.word(),
            "age": 33,
            "phone": planted.phone(),
            "address": planted.word(),
            "language": "ky",
        },
        "accused": [{"name": planted.word(), "phone": planted.phone(), "relation": planted.word()}],
        "children": [{"age": 8, "witness": True, "name": planted.word()}],
        "safe_contact": {
            "channel": "call",
            "phone": planted.phone(),
            "days": ["mo"],
            "from": "10:00",
            "to": "12:00",
            "who_may_answer": planted.word(),
            "leave_message": False,
            "code_word": planted.word(),
            "language": "ky",
        },
        "text": planted.word(),
    }


async def everything_seen(alone: Town) -> dict[str, str]:
    """All that leaves intake's own database: topics, logs, messages, mails, metrics."""
    seen = {
        f"log {log.name}": log.read_text(errors="replace")
        for log in (alone.stack.state / "logs").iterdir()
    }
    assert {name.split()[1].split(".")[0] for name in seen} >= set(LOGGED_BY)
    seen["topics"] = await topics(alone)
    messages = await alone.http.get(f"{alone.stack.url('phones')}/api/messages")
    mails = await alone.http.get(f"{alone.stack.url('mail')}/api/mails")
    seen["messages"], seen["mails"] = messages.text, mails.text
    for port in ("intake", "referral", "notify", "committee", "intake_health", "referral_health"):
        seen[f"metrics {port}"] = (await alone.http.get(f"{alone.stack.url(port)}/metrics")).text
    return seen


async def topics(alone: Town) -> str:
    """Every record of every topic: key, headers, value."""
    consumer = AIOKafkaConsumer(
        "tirek.intake",
        "tirek.referral",
        "tirek.notify",
        "tirek.committee",
        **alone.stack.bus().client(),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        read: list[bytes] = []
        count = sum(ends.values())
        while len(read) < count:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                read += [
                    (each.key or b"") + str(each.headers).encode() + (each.value or b"")
                    for each in records
                ]
    finally:
        await consumer.stop()
    assert count > 3
    return b"\n".join(read).decode(errors="replace")
