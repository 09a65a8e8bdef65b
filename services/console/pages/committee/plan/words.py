"""Words of the plan of work: what is planned, what is counted of it, and who pays."""

from services.console.frame.texts import later
from services.console.pages.committee.words import Words

WORKS: Words = {
    "appeals": later("consider appeals of citizens"),
    "joint-sitting": later("hold a joint sitting"),
    "at-risk-families": later("work with families at risk"),
    "prevention-meeting": later("hold a prevention meeting"),
    "prevention-talks": later("hold prevention talks"),
    "training": later("hold a training"),
    "informing": later("inform people"),
    "corrective-programme": later("send to corrective programmes"),
    "document-restoration": later("help to restore documents"),
    "aid": later("give aid"),
    "report": later("report on the work done"),
    "next-plan": later("make the plan for the next year"),
    "other": later("other work"),
}
INDICATORS: Words = {
    "sittings": later("sittings"),
    "meetings": later("meetings"),
    "people": later("people"),
    "families": later("families"),
    "trainings": later("trainings"),
    "talks": later("talks"),
    "documents": later("documents"),
    "reports": later("written reports"),
}
MONEY: Words = {
    "none": later("needs none"),
    "local-budget": later("local budget"),
    "state-budget": later("state budget"),
    "donor": later("a donor"),
    "other": later("another source"),
}
QUARTERS: Words = {"1": "I", "2": "II", "3": "III", "4": "IV"}
