"""Publishing: turns the facts of a decision into events. One place, so that none is forgotten."""

from collections.abc import Callable
from datetime import timedelta

from services.referral import metrics
from services.referral.model.facts import Alerted, Decision, Fact, Moved, Noticed, Progressed
from services.referral.model.service_request import ServiceRequest
from shared.db import Tx
from shared.events import Act, Body
from shared.events import referral as events
from shared.events.notices import NoticeRequested
from shared.events.words import CONTACT_DUE, OfferStatus, Role

NOTICE_WITHIN = timedelta(hours=24)
"""A notice not sent by then is given up, and notify pages. It may be the only call to a human: an
exhausted case has no deadline any more, so an outage of a shift must not swallow it."""


def emit(tx: Tx, decision: Decision, territory: Callable[[], str], act: Act | None = None) -> None:
    """Emits every fact of a decision; ``territory`` is the raion that others may know."""
    request = decision.request
    for fact in decision.facts:
        body = _body(tx, request, fact, territory)
        tx.emit(body, subject=request.id, version=request.version, act=act)


def _body(tx: Tx, request: ServiceRequest, fact: Fact, territory: Callable[[], str]) -> Body:
    if isinstance(fact, Moved):
        return _changed(request, fact)
    if isinstance(fact, Alerted):
        offer = fact.offer
        return events.OfferRequested(
            incident_id=request.incident_id,
            service_request_id=request.id,
            offer_id=offer.id,
            alert_id=offer.alert_id,
            organisation=offer.organisation,
            tier=offer.tier,
            urgency=request.urgency,
            deadline=offer.answer_by,
            decide_by=offer.decide_by,
            territory=territory(),
            excluded_people=request.excluded_people,
            public_id=request.public_id,
        )
    if isinstance(fact, Noticed):
        return NoticeRequested(
            incident_id=request.incident_id,
            notice_id=tx.ids.new(),
            template=fact.template,
            urgency=request.urgency,
            role=Role.COORDINATOR,
            territory=territory(),
            due=tx.now + NOTICE_WITHIN,
            dedup_key=f"{fact.template}|{fact.about}",
            excluded_people=request.excluded_people,
            public_id=request.public_id,
        )
    return _progressed(request, fact, territory())


def _progressed(request: ServiceRequest, fact: Progressed, territory: str) -> Body:
    return events.ServiceRequestChanged(
        incident_id=request.incident_id,
        service_request_id=request.id,
        need_id=request.need_id,
        service_type=request.service_type,
        status=request.status,
        fulfilment=request.fulfilment,
        reason=fact.reason,
        public_id=request.public_id,
        closed=request.closed,
        territory=territory,
        urgency=request.urgency,
        timers=events.PolicyTimers(
            version=request.policy.version,
            ack=request.policy.ack,
            decide=request.policy.decide,
            contact=request.policy.contact,
        ),
    )


def _changed(request: ServiceRequest, fact: Moved) -> Body:
    offer, due = fact.offer, fact.reason == CONTACT_DUE
    metrics.OFFERS.labels(offer.status).inc()
    if offer.late and offer.status is OfferStatus.ACCEPTED:
        metrics.LATE_OFFERS.inc()
    return events.OfferChanged(
        incident_id=request.incident_id,
        service_request_id=request.id,
        need_id=request.need_id,
        offer_id=offer.id,
        organisation=offer.organisation,
        before=fact.before,
        after=offer.status,
        reason=fact.reason,
        person=offer.person,
        superseded_by=offer.superseded_by,
        late=offer.late,
        deadline=offer.deadline if due else offer.take_over_by or offer.deadline,
        contact_by=offer.contact_by,
        excluded_people=request.excluded_people,
        public_id=request.public_id,
    )
