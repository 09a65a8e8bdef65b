"""Damage of every kind, to be planted in a sound round: what the oracle must be able to see."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tests.campaign.ledger import Ledger
from tests.campaign.oracle.evidence import Evidence, Heard

COPY = """
DO $$ DECLARE made {table}; own text; BEGIN
SELECT * INTO made FROM {table} WHERE {which} LIMIT 1;
{changes};
SELECT string_agg(quote_ident(attname), ', ') INTO own FROM pg_attribute
WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
EXECUTE format('INSERT INTO {table} (%s) {overriding} SELECT %s FROM (SELECT ($1).*) AS made',
               own, own) USING made;
END $$
"""


def _copy(table: str, changes: str, which: str = "true", *, numbered: bool = False) -> str:
    """A row of the table once more, with changes."""
    overriding = "OVERRIDING SYSTEM VALUE" if numbered else ""
    return COPY.format(table=table, changes=changes, which=which, overriding=overriding)


_UNPUBLISHED = (
    "made.id := 1000000; made.event_id := 'again'; made.producer_seq := NULL; "
    "made.prev := NULL; made.digest := NULL; made.published_at := NULL"
)


def _again(service: str, kind: str) -> str:
    """An event of this type said once more, under another id."""
    return _copy(f"{service}.outbox", _UNPUBLISHED, f"type = 'tirek.{kind}'", numbered=True)


def _asked(kind: str, document: str) -> str:
    """An event of referral's of another type, which nobody has handled."""
    changes = f"made.type := 'tirek.{kind}'; made.document := convert_to('{document}', 'UTF8')"
    return _copy("referral.outbox", f"{_UNPUBLISHED}; {changes}", numbered=True)


def _unsaid(service: str, kind: str) -> str:
    return f"DELETE FROM {service}.outbox WHERE type = 'tirek.{kind}'"


def _one(table: str, key: str) -> str:
    return f"{key} = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1)"


_INCIDENT = _one("intake.incidents", "incident_id")
_REQUEST = _one("referral.service_request", "id")
_OFFER = _one("referral.offer", "id")
_ANSWER = _one("notify.answers", "answer_id")
_NO_SECOND_HOLDER = "DROP INDEX referral.offer_one_holder;"

IN_THE_DATABASE: Mapping[str, str] = {
    "promised_incidents": f"DELETE FROM intake.incidents WHERE {_INCIDENT}",
    "needs_without_request": f"DELETE FROM referral.service_request WHERE {_REQUEST}",
    "unheard_events": f"DELETE FROM referral.inbox WHERE {_one('referral.inbox', 'event_id')}",
    "unpublished_events": "UPDATE intake.outbox SET published_at = NULL WHERE producer_seq = 1",
    "readers_that_differ": (
        f"UPDATE notify.offers SET status = 'draft' WHERE {_one('notify.offers', 'offer_id')}"
    ),
    "readers_that_differ: one of two has no row": (
        f"DELETE FROM intake.offers WHERE {_one('intake.offers', 'offer_id')}"
    ),
    "readers_that_differ: of another incident something is parked": (
        f"UPDATE notify.offers SET status = 'draft' WHERE {_one('notify.offers', 'offer_id')};"
        " INSERT INTO notify.parked"
        ' (topic, partition, "offset", key, headers, value, reason, parked_at)'
        " VALUES ('tirek.referral', 0, 0, 'another', '{}', '', 'a bug', now())"
    ),
    "alerts_never_made": f"DELETE FROM notify.alerts WHERE {_one('notify.alerts', 'alert_id')}",
    "notices_never_made": _asked("notice.requested.v1", '{"data": {"dedup_key": "never"}}'),
    "alerts_that_told_nobody": (
        "UPDATE notify.messages SET status = 'dropped', reason = 'x' WHERE kind = 'alert'"
    ),
    "receipts_that_vanished": "UPDATE notify.messages SET receipt = NULL, receipt_at = NULL",
    "receipts_that_differ": "UPDATE notify.messages SET receipt = 'failed'",
    "receipts_that_differ: it took back what was sent": (
        "UPDATE notify.messages SET status = 'dropped', reason = 'x' WHERE receipt IS NOT NULL"
    ),
    "requests_left_alone": (
        "UPDATE referral.offer SET status = 'rejected' WHERE service_request_id ="
        " (SELECT id FROM referral.service_request WHERE status = 'active' LIMIT 1);"
        " UPDATE referral.service_request SET fulfilment = 'placed'"
    ),
    "requests_left_alone: the notice was queued for people and went to none": (
        "UPDATE referral.offer SET status = 'rejected' WHERE service_request_id ="
        f" (SELECT id FROM referral.service_request WHERE {_REQUEST});"
        " UPDATE referral.service_request SET status = 'active', fulfilment = 'exhausted',"
        f" next_due = NULL WHERE {_REQUEST};"
        " INSERT INTO notify.notices"
        " SELECT 'notice-exhausted|' || id || '.9', 'x', incident_id, 'notice-exhausted', 1, false,"
        f" now() FROM referral.service_request WHERE {_REQUEST};"
        + _copy(
            "notify.messages",
            "made.message_id := 'unsent'; made.kind := 'notice'; made.status := 'dropped';"
            " made.maybe_sent := 0; made.dedup_key := (SELECT 'notice:' || dedup_key || ':x:sms'"
            " FROM notify.notices WHERE notice_id = 'x')",
        )
    ),
    "alerts_never_settled": (
        "UPDATE notify.alerts SET outcome = NULL, settled_at = NULL"
        f" WHERE {_one('notify.alerts', 'alert_id')}"
    ),
    "messages_never_settled": (
        "UPDATE notify.messages SET status = 'claimed'"
        f" WHERE {_one('notify.messages', 'message_id')}"
    ),
    "answers_never_judged": f"DELETE FROM notify.answers WHERE {_ANSWER}",
    "answers_never_judged: another word of the same person is kept": (
        f"UPDATE notify.answers SET answer = 'received' WHERE {_ANSWER}"
    ),
    "answers_nobody_gave": _copy("notify.answers", "made.answer_id := 'second'"),
    "unsaid_incidents": _unsaid("intake", "incident.reported.v1"),
    "unsaid_withdrawals": (
        "UPDATE intake.consents SET withdrawn_at = i.received_at, withdrawn_by = 'x'"
        " FROM intake.incidents i WHERE i.incident_id = consents.incident_id"
    ),
    "unsaid_requests": (
        f"UPDATE referral.service_request SET fulfilment = 'in-service' WHERE {_REQUEST}"
    ),
    "unsaid_offers": f"UPDATE referral.offer SET status = 'completed' WHERE {_OFFER}",
    "unsaid_alerts": _unsaid("notify", "alert.sent.v1"),
    "unsaid_answers": _unsaid("notify", "answer.received.v1"),
    "events_of_nothing": f"DELETE FROM referral.offer WHERE {_OFFER}",
    "handled_and_never_said": "INSERT INTO notify.inbox SELECT 'forged', max(received_at)"
    " FROM notify.inbox",
    "incidents_of_one_report": _copy("intake.incidents", "made.incident_id := 'second'"),
    "requests_of_one_need": (
        "ALTER TABLE referral.service_request"
        " DROP CONSTRAINT service_request_incident_id_need_id_key;"
        + _copy("referral.service_request", "made.id := 'second'; made.public_id := '222222'")
    ),
    "holders_of_one_request": _NO_SECOND_HOLDER
    + _copy(
        "referral.offer",
        "made.id := 'second'; made.position := 99",
        "status IN ('accepted', 'in-progress')",
    ),
    "steps_taken_twice": _again("referral", "offer.changed.v1"),
    "alerts_of_one_tier": _copy("notify.alerts", "made.alert_id := 'second'"),
    "messages_of_one_alert": _copy(
        "notify.messages",
        "made.message_id := 'second'; made.dedup_key := 'second'",
        "kind = 'alert'",
    ),
    "facts_said_twice": _again("intake", "incident.reported.v1"),
    "places_given_twice": _NO_SECOND_HOLDER
    + "UPDATE referral.offer SET service = 'ak-jurok-osh-shelter', status = 'accepted'",
    "altered_rows": (
        "UPDATE referral.outbox SET document = document || ' '::bytea WHERE producer_seq = 2"
    ),
}
"""Check → statements that damage what it looks after. After a colon: one more way to damage it."""


def _forged(seen: Evidence) -> Evidence:
    return replace(seen, heard=(*seen.heard, Heard("forged", "intake", 1, "", "")))


def _unheard(seen: Evidence) -> Evidence:
    return replace(seen, heard=seen.heard[1:])


def _renumbered(seen: Evidence) -> Evidence:
    last = max(each.seq for each in seen.heard if each.producer == seen.heard[0].producer)
    return replace(seen, heard=(*seen.heard, replace(seen.heard[0], seq=last + 1)))


def _cut(seen: Evidence) -> Evidence:
    return replace(seen, heard=tuple(each for each in seen.heard if each.seq != 2))


ON_THE_BUS: Mapping[str, Callable[[Evidence], Evidence]] = {
    "unknown_on_the_bus": _forged,
    "published_and_gone": _unheard,
    "events_with_two_numbers": _renumbered,
    "gaps": _cut,
}
"""Check → what happens to the records of the topics."""


def _promised(ledger: Ledger) -> Ledger:
    return replace(ledger, said={"no-such-offer": ("st-x", datetime(2026, 11, 23, tzinfo=UTC))})


def _swallowed(ledger: Ledger) -> Ledger:
    return replace(ledger, texts=ledger.texts[1:])


def _said_otherwise(ledger: Ledger) -> Ledger:
    """Each of a text's contradicting lines, the SMSC's and ours."""
    last = [replace(each, state="EXPIRED") for each in ledger.receipts]
    return replace(ledger, receipts=(*ledger.receipts, *last))


def _said_in_other_words(ledger: Ledger) -> Ledger:
    last = ledger.typed[-1]
    turned = " ".join(reversed(last.text.split()))
    return replace(ledger, typed=(*ledger.typed, replace(last, text=turned)))


def _never_typed(ledger: Ledger) -> Ledger:
    return replace(ledger, typed=())


IN_THE_WORLD: Mapping[str, Callable[[Ledger], Ledger]] = {
    "yeses_that_vanished": _promised,
    "texts_that_no_phone_got": _swallowed,
    "receipts_that_differ: the last word was another": _said_otherwise,
    "answers_never_judged: said once more in other words": _said_in_other_words,
    "answers_nobody_gave: nor did anybody type": _never_typed,
}
"""Check → what people outside swear to instead."""
