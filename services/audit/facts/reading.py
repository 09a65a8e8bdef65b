"""Reading: what is kept of an opened event, and how this country counts its limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.audit.facts.model.said import (
    Answered,
    Asked,
    Judged,
    Moved,
    Need,
    Said,
    Shown,
    Told,
    What,
)
from shared.events import Body, Event
from shared.events.console import RecordViewed
from shared.events.notify import AlertSent, AnswerReceived
from shared.events.referral import (
    AnswerJudged,
    OfferChanged,
    OfferRequested,
    PolicyTimers,
    ServiceRequestChanged,
)
from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction

NEVER = datetime.max.replace(tzinfo=UTC)
"""When a span ends that no calendar holds: no policy has one, and it shows as none of a policy."""
OPENING = 1
"""The version of a service request that is new."""
OFFER = "offer"
"""What the console calls an offer that is looked at."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How audit counts time, by its own copy of the country's files."""

    country: Jurisdiction

    def knows(self, service_type: str) -> bool:
        """Whether it can be said how a service type counts time."""
        return service_type in self.country.service_types

    def deadline(self, service_type: str, start: datetime, amount: timedelta, /) -> datetime:
        """As whoever asks counts it; `NEVER` for what no calendar holds."""
        try:
            return self.country.deadline(service_type, start, amount)
        except (ValueError, OverflowError):
            return NEVER

    def timers(self, version: str, service_type: str, urgency: Urgency, /) -> PolicyTimers | None:
        """Of the version in force; of any other none."""
        if version != self.country.policies.version or not self.knows(service_type):
            return None
        found = self.country.timers(service_type, urgency)
        return PolicyTimers(
            version=version, ack=found.ack, decide=found.decide, contact=found.contact
        )


def read(event: Event[Any], counting: Counting) -> Said | None:
    """What is kept of an event; none of one that is nothing to facts."""
    words = _words(event)
    if words is None:
        return None
    envelope, act = event.envelope, event.act
    said = Said(
        event_id=event.id,
        source=envelope.source,
        seq=envelope.producer_seq,
        time=event.time,
        words=words,
        received_at=act.received_at if act else None,
        channel=act.channel if act else None,
        cause=envelope.causation_id,
        service_request_id=_request_of(event),
        offer_id=_offer_of(event.body),
    )
    if isinstance(words, Need) and event.aggregate_version == OPENING:
        return _limited(said, words, counting)
    return said


def is_read(event: Event[Any]) -> bool:
    """Whether anything is kept of an event."""
    return _words(event) is not None


def _words(event: Event[Any]) -> What | None:
    return _WORDS[type(event.body)](event.body)


def _request_of(event: Event[Any]) -> str | None:
    if isinstance(event.body, RecordViewed):
        return None
    return getattr(event.body, "service_request_id", event.subject)


def _offer_of(body: Body) -> str | None:
    if isinstance(body, RecordViewed):
        return body.record
    return getattr(body, "offer_id", None)


def _limited(said: Said, need: Need, counting: Counting) -> Said:
    """With the ends of her clocks, by the policy that it was opened under."""
    if need.timers is None or not counting.knows(need.service_type):
        return said
    opened = said.received_at or said.time
    seen_by = counting.deadline(need.service_type, opened, need.timers.ack)
    accept_by = counting.deadline(need.service_type, seen_by, need.timers.decide)
    contact_by = counting.deadline(need.service_type, accept_by, need.timers.contact)
    limits = {"accept_by": accept_by, "contact_by": contact_by}
    return replace(said, words=need.model_copy(update=limits))


def _need(body: ServiceRequestChanged) -> Need:
    return Need(
        service_type=body.service_type,
        status=body.status,
        fulfilment=body.fulfilment,
        closed=body.closed,
        urgency=body.urgency,
        territory=body.territory,
        timers=body.timers,
    )


def _asked(body: OfferRequested) -> Asked:
    return Asked(
        organisation=body.organisation,
        tier=body.tier,
        urgency=body.urgency,
        answer_by=body.deadline,
        decide_by=body.decide_by,
        territory=body.territory,
    )


def _moved(body: OfferChanged) -> Moved:
    return Moved(
        before=body.before,
        after=body.after,
        reason=body.reason,
        late=body.late,
        deadline=body.deadline,
        contact_by=body.contact_by,
    )


def _shown(body: RecordViewed) -> Shown | None:
    if body.kind != OFFER or body.organisation is None:
        return None
    return Shown(organisation=body.organisation)


_WORDS: Mapping[type[Body], Callable[[Any], What | None]] = {
    ServiceRequestChanged: _need,
    OfferRequested: _asked,
    OfferChanged: _moved,
    AlertSent: lambda body: Told(channel=body.channel, sent_at=body.sent_at),
    AnswerReceived: lambda body: Answered(
        answer_id=body.answer_id, answer=body.said or body.answer
    ),
    AnswerJudged: lambda body: Judged(answer_id=body.answer_id, judgement=body.judgement),
    RecordViewed: _shown,
}
READ = tuple(_WORDS)
"""The types of events that facts are made of."""
