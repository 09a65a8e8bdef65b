"""Messages in PostgreSQL: queued, claimed by a sender, settled. Texts and destinations never; but
checkpoints, which are of nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notify.delivery.model import LONGEST_PAUSE, DropReason, Kind, Lane, Message, Verdict
from services.notify.delivery.store import receipts
from shared.db import Tx
from shared.events.words import Urgency

QUEUE = """
INSERT INTO messages (message_id, dedup_key, kind, template, channel, lane, priority, urgency,
                      staff_id, incident_id, offer_id, alert_id, instant, public_id,
                      excluded_people, valid_until, next_attempt_at, checkpoint, status, queued_at)
SELECT new.*, 'queued', $19
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::smallint[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::timestamptz[],
            $14::text[], $15::text[], $16::timestamptz[], $17::timestamptz[], $18::text[]) AS new
ON CONFLICT (dedup_key) DO NOTHING
"""
DUE = """
SELECT m.*, e.excluded_people AS excluded_later
FROM messages m LEFT JOIN exclusions e USING (incident_id) WHERE lane = $1 AND status = 'queued'
  -- further ahead than any pause: it was put there by a clock that has gone back since
  AND (next_attempt_at <= $2 OR next_attempt_at > $4)
ORDER BY priority, next_attempt_at, message_id LIMIT $3 FOR NO KEY UPDATE OF m SKIP LOCKED
"""
GATHERED = """
SELECT m.*, e.excluded_people AS excluded_later FROM messages m
JOIN unnest($2::text[], $3::text[]) AS due (staff_id, template) USING (staff_id, template)
LEFT JOIN exclusions e USING (incident_id)
WHERE m.lane = $1 AND m.kind = 'notice' AND m.offer_id IS NULL
  AND m.status = 'queued' AND m.message_id <> ALL ($4::text[])
ORDER BY m.message_id FOR NO KEY UPDATE OF m SKIP LOCKED
"""
NEXT_DUE = "SELECT min(next_attempt_at) FROM messages WHERE lane = $1 AND status = 'queued'"
FIRST_DUE = f"""
SELECT CASE WHEN max(next_attempt_at) > at.now + interval '{LONGEST_PAUSE.total_seconds()} s'
            THEN at.now ELSE min(next_attempt_at) END
FROM messages WHERE lane = $1 AND status = 'queued'
"""
"""When `DUE` finds the first."""
CLAIM = """
UPDATE messages SET status = 'claimed', claimed_at = $2, attempts = attempts + 1
WHERE message_id = ANY ($1::text[])
"""
DROP = """
UPDATE messages SET status = 'dropped', reason = $2, settled_at = $3 WHERE message_id = $1
"""
SENT = """
WITH done AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
        AS new (message_id, provider_id, claimed_at)
), early AS (
    DELETE FROM receipts_early AS known USING done
    WHERE known.provider_id = done.provider_id AND known.receipt_at >= done.claimed_at
      AND done.provider_id <> ''
    RETURNING known.provider_id, known.receipt, known.receipt_at
)
UPDATE messages SET status = 'sent', reason = NULL, settled_at = $4,
                    provider_id = done.provider_id,
                    receipt = early.receipt, receipt_at = early.receipt_at
FROM done LEFT JOIN early USING (provider_id) WHERE messages.message_id = done.message_id
  AND (messages.status <> 'sent' OR messages.provider_id IS DISTINCT FROM done.provider_id)
"""
"""Said again, as after a COMMIT whose reply was lost, it changes nothing: the receipt has come."""
PUT_BACK = """
UPDATE messages SET status = $2, reason = $3, next_attempt_at = $4, maybe_sent = $5,
                    settled_at = CASE WHEN $2 = 'queued' THEN NULL ELSE $6::timestamptz END
WHERE message_id = $1 AND status = 'claimed' AND claimed_at = $7
"""
RECOVER = """
UPDATE messages SET status = 'queued', reason = 'crash', maybe_sent = maybe_sent + 1,
                    next_attempt_at = $2
WHERE lane = $1 AND status = 'claimed' RETURNING message_id
"""
CANCEL = """
UPDATE messages SET status = 'dropped', reason = $2, settled_at = $3
WHERE offer_id = $1 AND kind = 'alert' AND status = 'queued'
"""
EXPIRED = """
SELECT m.*, e.excluded_people AS excluded_later
FROM messages m LEFT JOIN exclusions e USING (incident_id)
WHERE status = 'queued' AND valid_until <= $1
ORDER BY valid_until LIMIT $2 FOR NO KEY UPDATE OF m SKIP LOCKED
"""
NEXT_EXPIRY = "SELECT min(valid_until) FROM messages WHERE status = 'queued'"
TALLIES = """
SELECT count(*) FILTER (WHERE status IN ('queued', 'claimed')) AS live,
       count(DISTINCT staff_id) AS people,
       array_agg(DISTINCT reason) FILTER (WHERE reason IS NOT NULL) AS reasons, alert_id
FROM messages WHERE alert_id = ANY ($1::text[]) GROUP BY alert_id
"""
END_ALERTS = """
UPDATE messages SET ended = true
WHERE offer_id = $1 AND kind = 'alert' AND NOT ended AND (status = 'sent' OR maybe_sent > 0)
  AND ($2::text IS NULL OR message_id = $2)
RETURNING staff_id, channel, alert_id, urgency
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """The messages of one alert: how many may still be sent, to how many people, why not."""

    live: int
    people: int
    reasons: frozenset[str]


NOTHING = Tally(0, 0, frozenset())


@dataclass(frozen=True, slots=True)
class Alerted:
    """Somebody who was, or may have been, told of an alert."""

    staff_id: str
    channel: str
    alert_id: str
    urgency: Urgency


async def add(tx: Tx, messages: Sequence[tuple[Message, str]]) -> None:
    """Queues messages, each unless one was queued under its dedup key; wakes the senders.

    They are written in one order: two senders may queue the same, and would wait for each other.
    """
    if not messages:
        return
    ordered = sorted(messages, key=lambda each: each[1])
    own = [message for message, _ in ordered]
    await tx.execute(
        QUEUE,
        [each.message_id for each in own],
        [key for _, key in ordered],
        [each.kind for each in own],
        [each.template for each in own],
        [each.channel for each in own],
        [each.lane for each in own],
        [each.priority for each in own],
        [each.urgency for each in own],
        [each.staff_id for each in own],
        [each.incident_id for each in own],
        [each.offer_id for each in own],
        [each.alert_id for each in own],
        [each.instant for each in own],
        [each.public_id for each in own],
        [each.excluded_people for each in own],
        [each.valid_until for each in own],
        [each.first_attempt(tx.now) for each in own],
        [each.checkpoint for each in own],
        tx.now,
    )
    for lane in {each.lane for each in own}:
        tx.wake(channel(lane))


def channel(lane: Lane) -> str:
    """What wakes the sender of a lane, and no other."""
    return f"lane_{lane}"


async def due(tx: Tx, lane: Lane, limit: int) -> list[Message]:
    """Messages to be sent now, the most urgent first, held until the transaction ends."""
    rows = await tx.fetch(DUE, lane, tx.now, limit, tx.now + LONGEST_PAUSE)
    return [_message(row) for row in rows]


async def gathered(tx: Tx, lane: Lane, due: Sequence[Message]) -> list[Message]:
    """Other notices that go in one text with one of these, due or not; held as they are."""
    common = {each.gathers_by for each in due} - {None}
    if not common:
        return []
    staff_ids, templates = zip(*(each for each in common if each), strict=True)
    rows = await tx.fetch(GATHERED, lane, staff_ids, templates, [each.message_id for each in due])
    return [_message(row) for row in rows]


async def next_due(tx: Tx, lane: Lane) -> datetime | None:
    """When the next message of a lane is due."""
    at: datetime | None = await tx.fetchval(NEXT_DUE, lane)
    return at


async def claim(tx: Tx, messages: Sequence[Message]) -> None:
    """Marks messages as in a sender's hands: from here a crash means maybe sent."""
    await tx.execute(CLAIM, [each.message_id for each in messages], tx.now)


async def recover(tx: Tx, lane: Lane) -> int:
    """Puts back what a sender that is gone held, as maybe sent; how many. The lane is ours."""
    return len(await tx.fetch(RECOVER, lane, tx.now))


async def drop(tx: Tx, message: Message, reason: DropReason) -> None:
    """Gives a message up, with the reason on its record."""
    await tx.execute(DROP, message.message_id, reason, tx.now)


async def put_back(tx: Tx, message: Message, verdict: Verdict, claimed_at: datetime) -> None:
    """Records a failed attempt and what becomes of the message, while the claim is that attempt's.

    A sender that lost its lane may say so late: the next one may have sent the message since.
    """
    await tx.execute(
        PUT_BACK,
        message.message_id,
        verdict.status,
        verdict.reason,
        verdict.next_attempt_at,
        verdict.maybe_sent,
        tx.now,
        claimed_at,
    )


async def sent(tx: Tx, taken: Sequence[tuple[Message, str, datetime]]) -> None:
    """Records messages that a provider took: its id for each, and when each had been claimed.

    That is true whoever has claimed them since. With them goes a receipt that overtook this record.
    One may also come while this is written: the two wait for each other, or neither would see what
    the other has not committed yet.
    """
    if not taken:
        return
    provider_ids = [each for _, each, _ in taken]
    await receipts.one_at_a_time(tx, provider_ids)
    await tx.execute(
        SENT,
        [message.message_id for message, _, _ in taken],
        provider_ids,
        [claimed_at for _, _, claimed_at in taken],
        tx.now,
    )


async def cancel(tx: Tx, offer_id: str, reason: DropReason) -> None:
    """Gives up the alerts of an offer that have not been claimed."""
    await tx.execute(CANCEL, offer_id, reason, tx.now)


async def expired(tx: Tx, limit: int) -> list[Message]:
    """Messages that nobody sent in time, held until the transaction ends."""
    return [_message(row) for row in await tx.fetch(EXPIRED, tx.now, limit)]


async def next_expiry(tx: Tx) -> datetime | None:
    """When the next queued message is no longer worth sending."""
    at: datetime | None = await tx.fetchval(NEXT_EXPIRY)
    return at


async def tallies(tx: Tx, alert_ids: Sequence[str]) -> dict[str, Tally]:
    """How the messages of alerts stand; an alert without any is left out."""
    rows = await tx.fetch(TALLIES, alert_ids) if alert_ids else []
    return {
        row["alert_id"]: Tally(row["live"], row["people"], frozenset(row["reasons"] or ()))
        for row in rows
    }


async def end_alerts(tx: Tx, offer_id: str, message_id: str | None = None) -> list[Alerted]:
    """Whom to tell that an offer (or one alert of it) is over; each alert is answered for once."""
    return [
        Alerted(row["staff_id"], row["channel"], row["alert_id"], Urgency(row["urgency"]))
        for row in await tx.fetch(END_ALERTS, offer_id, message_id)
    ]


def _message(row: Any) -> Message:
    return Message(
        message_id=row["message_id"],
        kind=Kind(row["kind"]),
        template=row["template"],
        channel=row["channel"],
        staff_id=row["staff_id"],
        urgency=Urgency(row["urgency"]),
        valid_until=row["valid_until"],
        incident_id=row["incident_id"],
        offer_id=row["offer_id"],
        alert_id=row["alert_id"],
        instant=row["instant"],
        public_id=row["public_id"],
        checkpoint=row["checkpoint"],
        excluded_people=row["excluded_later"] or row["excluded_people"],
        attempts=row["attempts"],
        maybe_sent=row["maybe_sent"],
    )
