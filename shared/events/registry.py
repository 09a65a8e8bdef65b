"""Every event type, who publishes it and who may read it. A reader reads the whole event.

Who may not read something gets another type: the table never grows exceptions by field. What a
field seals once more is for whoever that seal is for (``excluded_people``: for notify alone).

Audit keeps the outside of every event, and opens those that times of response are made of, and who
looked at what. Neither a report nor a list of whom a case excludes is among them.
"""

from shared.errors import UnknownEventType
from shared.events import audit, committee, console, intake, notices, notify, referral, restores
from shared.events.envelope import Body, event_type
from shared.events.services import SERVICES

READERS: dict[type[Body], tuple[str, ...]] = {
    intake.IncidentReported: ("referral",),
    intake.ConsentGiven: ("referral",),
    intake.ConsentWithdrawn: ("referral",),
    intake.ExclusionsChanged: ("referral", "committee"),
    referral.ServiceRequestChanged: ("intake", "committee", "audit"),
    referral.OfferRequested: ("notify", "audit"),
    referral.OfferChanged: ("intake", "notify", "audit"),
    referral.AnswerJudged: ("notify", "audit"),
    referral.OrganisationChanged: ("notify",),
    referral.ExclusionsForwarded: ("notify",),
    notify.AlertSent: ("referral", "audit"),
    notify.AlertUnreachable: ("referral", "audit"),
    notify.AnswerReceived: ("referral", "audit"),
    notify.StaffChanged: ("intake", "referral", "committee"),
    notices.NoticeRequested: ("notify",),
    **dict.fromkeys((*console.BODIES, *restores.BODIES), ("audit",)),
    # sealed for nobody: that they were said is all that is known of them
    **dict.fromkeys(committee.BODIES, ()),
    **dict.fromkeys(audit.BODIES, ()),
}

PRODUCERS: dict[type[Body], tuple[str, ...]] = {
    **dict.fromkeys(intake.BODIES, ("intake",)),
    **dict.fromkeys(referral.BODIES, ("referral",)),
    **dict.fromkeys(notify.BODIES, ("notify",)),
    **dict.fromkeys(console.BODIES, ("console",)),
    **dict.fromkeys(committee.BODIES, ("committee",)),
    **dict.fromkeys(audit.BODIES, ("audit",)),
    # any service but notify may be one: it adds itself here, and its topic to what notify reads
    **dict.fromkeys(notices.BODIES, ("referral", "committee", "audit")),
    # `tirek restore` says it for each (`deploy.backup.again`)
    **dict.fromkeys(restores.BODIES, tuple(SERVICES)),
}

BODIES: dict[str, type[Body]] = {event_type(body): body for body in PRODUCERS}


def body_class(ce_type: str) -> type[Body]:
    """The body of a ``ce_type``; raises `UnknownEventType` for one this release does not know."""
    try:
        return BODIES[ce_type]
    except KeyError:
        raise UnknownEventType(ce_type) from None
