"""Words of sittings: what their codes are called."""

from services.console.frame.texts import later
from services.console.pages.committee.words import Words

KINDS: Words = {"ordinary": later("ordinary sitting"), "emergency": later("emergency sitting")}
STATES: Words = {
    "planned": later("planned"),
    "held": later("held"),
    "cancelled": later("cancelled"),
}
TOPICS: Words = {
    "open-actions": later("How what was decided before was done"),
    "appeal": later("An appeal of a citizen"),
    "case": later("A case"),
    "at-risk-families": later("Families at risk"),
    "prevention": later("Prevention"),
    "corrective-programme": later("Corrective programme"),
    "aid": later("Aid"),
    "plan": later("Plan of work"),
    "report": later("Report of the committee"),
    "members": later("Members of the committee"),
    "other": later("Other matters"),
}
RESULTS: Words = {
    "decided": later("decided"),
    "not-adopted": later("voted on, and not adopted"),
    "noted": later("heard and noted, nothing to decide"),
    "postponed": later("postponed to another sitting"),
    "dropped": later("dropped from the agenda"),
}
ATTENDANCE: Words = {
    "present": later("present"),
    "apologies": later("apologies"),
    "apologies-informed": later("apologies, sent what they know"),
    "absent": later("absent"),
}
CONTROLS: Words = {
    "report-in-writing": later("report in writing"),
    "report-at-sitting": later("report at a sitting"),
    "visit": later("visit by the committee"),
}
TOPIC_OF_WORK = {
    "at-risk-families": "at-risk-families",
    "prevention-meeting": "prevention",
    "prevention-talks": "prevention",
    "training": "prevention",
    "informing": "prevention",
    "corrective-programme": "corrective-programme",
    "document-restoration": "aid",
    "aid": "aid",
    "report": "report",
    "next-plan": "plan",
}
"""What an item of the plan is about on an agenda; other work is "other"."""
