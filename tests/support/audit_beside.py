"""What audit keeps beside its ledger: words of an event, times, a finding, an outage."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.audit.model.findings import Finding, Kind
from services.audit.publish import raise_finding
from shared.events import Body, Event, event_type
from shared.events.audit import FindingRaised
from shared.events.notify import AnswerReceived
from shared.events.words import Answer
from tests.support.audit_attacked import Attacked
from tests.support.audit_ledger import Producer

REQUEST = "sr-beside"
ANSWER = AnswerReceived(
    incident_id="inc-beside",
    service_request_id=REQUEST,
    offer_id="of-beside",
    answer_id="an-beside",
    answer=Answer.REJECT,
    organisation="org-beside",
)
AWAY = timedelta(hours=3)


async def kept(audit: Attacked) -> None:
    """One of each is there, and a checkpoint counts the outage."""
    producer = await audit.ledger.producer()
    answered = replace(_of(AnswerReceived, producer, REQUEST), body=ANSWER)
    await audit.ledger.hear(answered)
    producer.now += AWAY
    await audit.ledger.hear(producer.say(age=AWAY - timedelta(minutes=1)))
    async with audit.ledger.db.transaction() as tx:
        await raise_finding(tx, Finding(Kind.GAP, producer.name, 7, 7))
        finding = await tx.fetchval("SELECT finding_id FROM findings WHERE first = 7")
    await audit.ledger.hear(_of(FindingRaised, Producer("audit", producer.now), finding))
    await audit.signed()


def _of(kind: type[Body], producer: Producer, subject: str) -> Event[Any]:
    said = producer.say(subject)
    return replace(said, envelope=replace(said.envelope, type=event_type(kind)))
