"""Every event type, who says it and who may read it. A reader reads the whole event.

Who may not read something gets another type: the table never grows exceptions by field.
"""

from shared.errors import UnknownEventType
from shared.events import intake, notify, referral
from shared.events.envelope import Body, event_type

READERS: dict[type[Body], tuple[str, ...]] = {
    intake.IncidentReported: ("referral",),
    intake.ConsentWithdrawn: ("referral",),
    referral.ServiceRequestChanged: ("intake",),
    referral.OfferRequested: ("notify",),
    referral.OfferChanged: ("intake", "notify"),
    referral.AnswerJudged: ("notify",),
    referral.NoticeRequested: ("notify",),
    notify.AlertSent: ("referral",),
    notify.AlertUnreachable: ("referral",),
    notify.AnswerReceived: ("referral",),
}

PRODUCERS: dict[type[Body], str] = {
    body: producer
    for producer, bodies in (
        ("intake", intake.BODIES),
        ("referral", referral.BODIES),
        ("notify", notify.BODIES),
    )
    for body in bodies
}

BODIES: dict[str, type[Body]] = {event_type(body): body for body in PRODUCERS}


def body_class(ce_type: str) -> type[Body]:
    """The body of a ``ce_type``; raises `UnknownEventType` for one this release does not know."""
    try:
        return BODIES[ce_type]
    except KeyError:
        raise UnknownEventType(ce_type) from None
