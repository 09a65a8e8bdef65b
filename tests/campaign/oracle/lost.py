"""L: what somebody was promised and that is not there. Each function answers with ids."""

from collections import Counter

from deploy.local.story.codes import codes_in
from shared.events.words import Fulfilment, OfferStatus
from tests.campaign.ledger import Ledger
from tests.campaign.oracle.evidence import Evidence, readers
from tests.campaign.oracle.texts import Spoken, group_of

HOLDING = {OfferStatus.ACCEPTED, OfferStatus.IN_PROGRESS, OfferStatus.ON_HOLD}
OPEN = {OfferStatus.REQUESTED, OfferStatus.RECEIVED}
LIVE = {"queued", "claimed"}


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
    parked = {(row["service"], row["key"]) for row in seen.parked}
    return [
        f"{each.type} {each.id} by {reader}"
        for each in seen.said
        for reader in readers(each.type)
        if each.id not in seen.inbox[reader] and (reader, each.key) not in parked
    ]


def unpublished_events(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An event that still waits in an outbox when all is calm."""
    return [f"{each.type} {each.id}" for each in seen.said if not each.published]


def readers_that_differ(seen: Evidence, _ledger: Ledger) -> list[str]:
    """What a reader holds of an offer or a service request is not what referral has."""
    true = {row["id"]: (row["status"], "") for row in seen.tables["offers"]}
    true |= {row["id"]: (row["status"], row["fulfilment"]) for row in seen.tables["requests"]}
    parked = {row["service"] for row in seen.parked}
    held = {
        (row["reader"], row["id"]): (row["status"], row["fulfilment"])
        for row in seen.tables["told"]
    }
    wrong = [f"{who} {one}" for (who, one), state in held.items() if state != true.get(one)]
    known = {one for _, one in held}
    wrong += [f"nobody {one}" for one in true if one not in known]
    return [each for each in wrong if each.partition(" ")[0] not in parked]


def requests_left_alone(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An active service request with no deadline ahead, no holder and no human who was told."""
    statuses: dict[str, set[str]] = {}
    for offer in seen.tables["offers"]:
        statuses.setdefault(offer["service_request_id"], set()).add(offer["status"])
    told = {row["dedup_key"] for row in seen.tables["notices"] if row["people"] > 0}
    helped = {key.partition("|")[2].partition(".")[0] for key in told if "exhausted" in key}
    alone = []
    for row in seen.tables["requests"]:
        if row["status"] != "active":
            continue
        offers = statuses.get(row["id"], set())
        waits = row["next_due"] is not None and bool(offers & OPEN)
        held = bool(offers & HOLDING)
        exhausted = row["fulfilment"] == Fulfilment.EXHAUSTED and row["id"] in helped
        if not (waits or held or exhausted):
            alone.append(row["id"])
    return alone


def alerts_never_settled(seen: Evidence, _ledger: Ledger) -> list[str]:
    """An alert that was neither sent nor given up with a reason, and of which nothing is left."""
    live = {row["alert_id"] for row in seen.tables["messages"] if row["status"] in LIVE}
    return [
        row["alert_id"]
        for row in seen.tables["alerts"]
        if (row["outcome"] is None and row["alert_id"] not in live)
        or (row["outcome"] in {"unreachable", "moot"} and not row["reason"])
    ]


def messages_never_settled(seen: Evidence, _ledger: Ledger) -> list[str]:
    """A message that is neither sent nor given up when all is calm."""
    return [row["message_id"] for row in seen.tables["messages"] if row["status"] in LIVE]


def texts_that_no_phone_got(seen: Evidence, ledger: Ledger) -> list[str]:
    """A message recorded as sent, and the phone or mailbox never got it."""
    spoken = Spoken.of(ledger)
    recorded = Counter(
        group
        for row in seen.tables["messages"]
        if row["status"] == "sent" and (group := group_of(seen, row)) is not None
    )
    return [str(group) for group, count in recorded.items() if count > len(spoken.of_group(group))]


def answers_never_judged(seen: Evidence, ledger: Ledger) -> list[str]:
    """A reply that the SMSC was told is taken, with a code of its sender, that nobody judged."""
    phones = {row["staff_id"]: row["phone"] for row in seen.tables["people"]}
    meant = {(phones.get(staff), code): offer for (offer, staff), code in seen.code_of.items()}
    judged = {(row["offer_id"], row["staff_id"]) for row in seen.tables["answers"]}
    owners = {(phones[staff], code): staff for (_, staff), code in seen.code_of.items()}
    lost = [row["answer_id"] for row in seen.tables["answers"] if row["judgement"] is None]
    for typed in ledger.typed:
        if ledger.forgets(typed.at):
            continue
        for code in codes_in(typed.text):
            key = (typed.phone, code)
            if key in meant and (meant[key], owners[key]) not in judged:
                lost.append(f"reply of {typed.at.isoformat()} to offer {meant[key]}")
    return lost


def yeses_that_vanished(seen: Evidence, ledger: Ledger) -> list[str]:
    """Somebody said yes over the API and got a 2xx, and the offer was never theirs."""
    accepted = {
        (each.data["offer_id"], each.data.get("person"))
        for each in seen.events("offer.changed.v1")
        if each.data["after"] == OfferStatus.ACCEPTED
    }
    return [
        offer
        for offer, (staff, at) in ledger.said.items()
        if (offer, staff) not in accepted and not ledger.forgets(at)
    ]
