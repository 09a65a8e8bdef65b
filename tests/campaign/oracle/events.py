"""Z: state without its event. G: event without its state. And the chain that shows a gap.

Each function answers with ids of what does not fit.
"""

from collections import defaultdict
from collections.abc import Iterator

from shared.events.envelope import GENESIS
from tests.campaign.ledger import Ledger
from tests.campaign.oracle.evidence import Evidence, Heard, Row, Said

REPORTED, WITHDRAWN = "incident.reported.v1", "consent.withdrawn.v1"
REQUEST, REQUESTED, CHANGED = "servicerequest.changed.v1", "offer.requested.v1", "offer.changed.v1"
JUDGED, NOTICE = "answer.judged.v1", "notice.requested.v1"
SENT, UNREACHABLE, ANSWER = "alert.sent.v1", "alert.unreachable.v1", "answer.received.v1"


def _ids(events: list[Said], name: str) -> set[str]:
    return {each.data[name] for each in events}


def _last(events: list[Said], name: str) -> dict[str, Said]:
    """The newest event of each aggregate: by its version, then by its place in the chain."""
    ordered = sorted(events, key=lambda each: (each.version, each.seq or 0))
    return {each.data[name]: each for each in ordered}


# --- Z ----------------------------------------------------------------------------------------


def unsaid_incidents(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An incident that was never said to have been reported."""
    said = _ids(seen.events(REPORTED), "incident_id")
    return [
        row["incident_id"] for row in seen.tables["incidents"] if row["incident_id"] not in said
    ]


def unsaid_withdrawals(seen: Evidence, _ledger: Ledger) -> list[str]:
    """A consent that was withdrawn, and no event says so."""
    said = {each.key for each in seen.events(WITHDRAWN)}
    return [row["consent_id"] for row in seen.tables["withdrawn"] if row["incident_id"] not in said]


def unsaid_requests(seen: Evidence, _ledger: Ledger) -> list[str]:
    """A service request whose last event says something else, or that was never spoken of."""
    said = _last(seen.events(REQUEST), "service_request_id")
    return [row["id"] for row in seen.tables["requests"] if not _says(said.get(row["id"]), row)]


def _says(event: Said | None, row: Row) -> bool:
    shown = row["status"], row["fulfilment"]
    return event is not None and (event.data["status"], event.data["fulfilment"]) == shown


def unsaid_offers(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An offer whose last event says something else, or that was never spoken of."""
    said = _last(seen.events(CHANGED), "offer_id")
    asked = _ids(seen.events(REQUESTED), "alert_id")
    return [
        row["id"]
        for row in seen.tables["offers"]
        if row["id"] not in said
        or said[row["id"]].data["after"] != row["status"]
        or row["alert_id"] not in asked
    ]


def unsaid_alerts(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An alert that was sent, or given up, and no event says so."""
    said = {
        "sent": _ids(seen.events(SENT), "alert_id"),
        "unreachable": _ids(seen.events(UNREACHABLE), "alert_id"),
    }
    return [
        row["alert_id"]
        for row in seen.tables["alerts"]
        if row["outcome"] in said and row["alert_id"] not in said[row["outcome"]]
    ]


def unsaid_answers(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An answer that was taken, or judged, and no event says so."""
    taken = _ids(seen.events(ANSWER), "answer_id")
    judged = _ids(seen.events(JUDGED), "answer_id")
    return [
        row["answer_id"]
        for row in seen.tables["answers"]
        if row["answer_id"] not in taken
        or (row["judgement"] is not None and row["answer_id"] not in judged)
    ]


def published_and_gone(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An event marked as published that no topic holds."""
    heard = {each.id for each in seen.heard}
    return [
        f"{each.type} {each.id}" for each in seen.said if each.published and each.id not in heard
    ]


# --- G ----------------------------------------------------------------------------------------


def events_of_nothing(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An event about a thing that its own producer does not know."""
    known: dict[str, tuple[str, set[str]]] = {
        REPORTED: ("incident_id", {each["incident_id"] for each in seen.tables["incidents"]}),
        WITHDRAWN: ("incident_id", {each["incident_id"] for each in seen.tables["withdrawn"]}),
        REQUEST: ("service_request_id", {each["id"] for each in seen.tables["requests"]}),
        REQUESTED: ("offer_id", {each["id"] for each in seen.tables["offers"]}),
        CHANGED: ("offer_id", {each["id"] for each in seen.tables["offers"]}),
        JUDGED: ("answer_id", {each["answer_id"] for each in seen.tables["answers"]}),
        SENT: ("alert_id", _with_outcome(seen, "sent")),
        UNREACHABLE: ("alert_id", _with_outcome(seen, "unreachable")),
        ANSWER: ("answer_id", {each["answer_id"] for each in seen.tables["answers"]}),
    }
    return [
        f"{each.type} {each.id}"
        for each in seen.said
        if each.type in known and each.data[known[each.type][0]] not in known[each.type][1]
    ]


def _with_outcome(seen: Evidence, outcome: str) -> set[str]:
    return {row["alert_id"] for row in seen.tables["alerts"] if row["outcome"] == outcome}


def unknown_on_the_bus(seen: Evidence, ledger: Ledger) -> list[str]:
    """A record on a topic that its producer's outbox does not hold as it is there."""
    said = {(each.producer, each.id): each.digest for each in seen.said}
    return [
        f"{each.producer} {each.seq} {each.id}"
        for each in seen.heard
        if said.get((each.producer, each.id)) != each.digest and each.id not in ledger.forged
    ]


def handled_and_never_said(seen: Evidence, ledger: Ledger) -> list[str]:
    """An inbox mark of an event that nobody said."""
    said = {each.id for each in seen.said} | ledger.forged
    return [f"{who} {each}" for who, marks in seen.inbox.items() for each in marks - said]


# --- the chain --------------------------------------------------------------------------------


def gaps(seen: Evidence, ledger: Ledger) -> list[str]:
    """A number that is missing, given twice, or whose link does not fit the one before."""
    chains: dict[str, dict[int, set[Heard]]] = defaultdict(lambda: defaultdict(set))
    for each in seen.heard:
        if each.id not in ledger.forged:
            chains[each.producer][each.seq].add(each)
    return [broken for producer in chains for broken in _broken(producer, chains[producer])]


def _broken(producer: str, chain: dict[int, set[Heard]]) -> Iterator[str]:
    before = GENESIS
    for number in range(1, max(chain) + 1):
        found = chain.get(number, set())
        if len(found) != 1:
            yield f"{producer} {number}: {len(found)} events"
            before = ""
            continue
        (one,) = found
        if before and one.prev != before:
            yield f"{producer} {number}: does not follow {number - 1}"
        before = one.digest


def altered_rows(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An outbox row that is no longer what its digest was made of."""
    return [f"{each.producer} {each.seq}" for each in seen.said if not each.unaltered]
