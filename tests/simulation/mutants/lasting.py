"""Bugs in what stays: versions, what is said, what has ended."""

from services.referral.handlers import alerts, incidents
from services.referral.model import casework, consent, ladder
from services.referral.model.decision import DecisionBuilder
from tests.simulation.planting import Mutant

BUGS = (
    Mutant(
        "version-stays",
        "A decision does not raise the version.",
        DecisionBuilder.decision,
        "version=self.request.version + 1",
        "version=max(self.request.version, 1)",
    ),
    Mutant(
        "progress-said-always",
        "How far a case came is said of every decision.",
        DecisionBuilder.decision,
        "if new or",
        "if not new or",
    ),
    Mutant(
        "move-not-said",
        "An offer becomes something else, and nobody hears of it.",
        DecisionBuilder.move,
        "self._facts.append(Moved(moved, offer.status, reason))",
        "moved",
    ),
    Mutant(
        "excluded-holder-stays",
        "A unit is found excluded after its yes, and keeps the case.",
        ladder.exclude,
        "each.status in OPEN | HELD",
        "each.status in OPEN",
    ),
    Mutant(
        "exclusion-too-late-to-matter",
        "That a unit is excluded counts only while it is asked.",
        alerts.on_alerts_unreachable,
        "if event.body.reason is UnreachableReason.UNIT_EXCLUDED:",
        "if event.body.reason is UnreachableReason.UNIT_EXCLUDED and not stale:",
    ),
    Mutant(
        "withdrawn-holder-stays",
        "A consent ends, and whoever had accepted under it keeps the case.",
        consent.withdraw,
        "offer.status in OPEN | HELD",
        "offer.status in OPEN",
    ),
    Mutant(
        "withdrawn-offer-stays",
        "A consent ends, and whoever is being asked under it goes on being asked.",
        consent.withdraw,
        "offer.status in OPEN | HELD",
        "offer.status in HELD",
    ),
    Mutant(
        "withdrawn-consent-stays",
        "A consent that was withdrawn goes on permitting.",
        consent.withdraw,
        "replace(request, permissions=permissions_left)",
        "replace(request)",
    ),
    Mutant(
        "nothing-permits-and-it-goes-on",
        "The last consent ends, and the service request stays active.",
        consent.withdraw,
        "if not permissions_left and",
        "if permissions_left is None and",
    ),
    Mutant(
        "done-is-not-done",
        "After it was completed, the service request stays active.",
        casework.complete,
        "builder.progress(status=ServiceRequestStatus.COMPLETED)",
        "builder.settle()",
    ),
    Mutant(
        "failed-asks-nobody",
        "It came to nothing, and the next one is not asked.",
        casework.fail,
        "climb(builder)",
        "builder.settle()",
    ),
    Mutant(
        "cancelled-asks-nobody",
        "A coordinator takes an offer back, and the next one is not asked.",
        casework.cancel,
        "climb(builder)",
        "builder.settle()",
    ),
    Mutant(
        "cancelled-asks-the-same",
        "A coordinator takes an offer back, and the same place is asked again at once.",
        casework.cancel,
        "builder.pass_over(offer.service)",
        "pass",
    ),
    Mutant(
        "void-offer-asks-nobody",
        "An offer was entered in error, and the next one is not asked.",
        casework.void_offer,
        "climb(builder)",
        "builder.settle()",
    ),
    Mutant(
        "void-completion-stays-done",
        "What was said to be done was a mistake, and the need stays closed.",
        casework.void_offer,
        "offer.status is OfferStatus.COMPLETED and",
        "offer.status is OfferStatus.FAILED and",
    ),
    Mutant(
        "void-request-keeps-its-holder",
        "A service request was entered in error, and whoever has it keeps it.",
        casework.void_request,
        "OPEN | HELD",
        "OPEN",
    ),
    Mutant(
        "failed-twice",
        "Saying once more that it came to nothing is an error.",
        casework.fail,
        "(offer.status, offer.reason) == (OfferStatus.FAILED, reason)",
        "not offer.id",
    ),
    Mutant(
        "stale-alert-counts",
        "An alert that could not go out counts, though the next tier has been told since.",
        alerts.on_alerts_unreachable,
        " or offer.alert_id != event.body.alert_id",
        "",
    ),
    Mutant(
        "opened-twice",
        "A report that is delivered twice opens its service requests twice.",
        incidents.on_incidents_reported,
        "not in known",
        "not in ()",
    ),
)
