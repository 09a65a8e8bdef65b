"""Every event type, who publishes it and who may read it. A reader reads the whole event.

Who may not read something gets another type: the table never grows exceptions by field.
"""

from shared.errors import UnknownEventType
from shared.events import committee, console, intake, notices, notify, referral
from shared.events.envelope import Body, event_type

READERS: dict[type[Body], tuple[str, ...]] = {
    intake.IncidentReported: ("referral",),
    intake.ConsentGiven: ("referral",),
    intake.ConsentWithdrawn: ("referral",),
    intake.ExclusionsChanged: ("referral", "committee"),
    referral.ServiceRequestChanged: ("intake", "committee"),
    referral.OfferRequested: ("notify",),
    referral.OfferChanged: ("intake", "notify"),
    referral.AnswerJudged: ("notify",),
    referral.OrganisationChanged: ("notify",),
    referral.ExclusionsForwarded: ("notify",),
    notify.AlertSent: ("referral",),
    notify.AlertUnreachable: ("referral",),
    notify.AnswerReceived: ("referral",),
    notify.StaffChanged: ("intake", "referral", "committee"),
    notices.NoticeRequested: ("notify",),
    # for whoever comes to audit them: until then for nobody
    **dict.fromkeys(console.BODIES, ()),
    **dict.fromkeys(committee.BODIES, ()),
}

PRODUCERS: dict[type[Body], tuple[str, ...]] = {
    **dict.fromkeys(intake.BODIES, ("intake",)),
    **dict.fromkeys(referral.BODIES, ("referral",)),
    **dict.fromkeys(notify.BODIES, ("notify",)),
    **dict.fromkeys(console.BODIES, ("console",)),
    **dict.fromkeys(committee.BODIES, ("committee",)),
    # any service but notify may be one: it adds itself here, and its topic to what notify reads
    **dict.fromkeys(notices.BODIES, ("referral", "committee")),
}

BODIES: dict[str, type[Body]] = {event_type(body): body for body in PRODUCERS}


def body_class(ce_type: str) -> type[Body]:
    """The body of a ``ce_type``; raises `UnknownEventType` for one this release does not know."""
    try:
        return BODIES[ce_type]
    except KeyError:
        raise UnknownEventType(ce_type) from None
