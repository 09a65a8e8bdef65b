"""L: what somebody was promised and that is not there. Each function answers with ids.

What people were told is in `told`, what they answered in `answers`.
"""

from services.referral.model.ladder import EXHAUSTED
from shared.events.words import Fulfilment, OfferStatus
from tests.campaign.ledger import Ledger
from tests.campaign.oracle.events import CHANGED, REQUEST
from tests.campaign.oracle.evidence import Evidence, readers
from tests.campaign.oracle.texts import went

HOLDING = {OfferStatus.ACCEPTED, OfferStatus.IN_PROGRESS, OfferStatus.ON_HOLD}
OPEN = {OfferStatus.REQUESTED, OfferStatus.RECEIVED}


def promised_incidents(seen: Evidence, ledger: Ledger) -> list[str]:
    """A reporter got a 2xx, and the incident is not there."""
    there = {row["incident_id"] for row in seen.tables["incidents"]}
    return sorted(ledger.promised - there)


def needs_without_request(seen: Evidence, _ledger: Ledger) -> list[str]:
    """A need for which referral never opened a service request."""
    opened = {(row["incident_id"], row["need_id"]) for row in seen.tables["requests"]}
    return [
        row["need_id"]
        for row in seen.tables["needs"]
        if (row["incident_id"], row["need_id"]) not in opened
    ]


def unheard_events(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An event that a reader of its type has neither handled nor parked."""
    return [
        f"{each.type} {each.id} by {reader}"
        for each in seen.said
        for reader in readers(each.type)
        if each.id not in seen.inbox[reader] and (reader, each.key) not in seen.parked_keys
    ]


def unpublished_events(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An event that still waits in an outbox when all is calm."""
    return [f"{each.type} {each.id}" for each in seen.said if not each.published]


def readers_that_differ(seen: Evidence, _ledger: Ledger) -> list[str]:
    """What a reader holds of an offer or a service request is not what referral has."""
    incident = {row["id"]: row["incident_id"] for row in seen.tables["requests"]}
    true = {
        (reader, row["id"]): (row["status"], row["fulfilment"])
        for row in seen.tables["requests"]
        for reader in readers(REQUEST)
    }
    for row in seen.tables["offers"]:
        incident[row["id"]] = incident.get(row["service_request_id"])
        true |= {(reader, row["id"]): (row["status"], "") for reader in readers(CHANGED)}
    held = {
        (row["reader"], row["id"]): (row["status"], row["fulfilment"])
        for row in seen.tables["told"]
    }
    return [
        f"{who} {one}"
        for who, one in sorted(true.keys() | held.keys())
        if held.get((who, one)) != true.get((who, one))
        and (who, incident.get(one)) not in seen.parked_keys
    ]


def requests_left_alone(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An active service request with no deadline ahead, no holder and nobody who got a notice."""
    statuses: dict[str, set[str]] = {}
    for offer in seen.tables["offers"]:
        statuses.setdefault(offer["service_request_id"], set()).add(offer["status"])
    told = {row["dedup_key"] for row in seen.tables["messages"] if went(row)}
    exhausted = {key for key in told if key.startswith(f"notice:{EXHAUSTED}|")}
    helped = {key.partition("|")[2].partition(".")[0] for key in exhausted}
    alone = []
    for row in seen.tables["requests"]:
        if row["status"] != "active":
            continue
        offers = statuses.get(row["id"], set())
        waits = row["next_due"] is not None and bool(offers & OPEN)
        held = bool(offers & HOLDING)
        known = row["fulfilment"] == Fulfilment.EXHAUSTED and row["id"] in helped
        if not (waits or held or known):
            alone.append(row["id"])
    return alone
