"""Answers and the texts they came in, in PostgreSQL: no text, no number, keyed hashes."""

from services.notify.answers.model import REDELIVERED, WINDOW, History, Outcome
from shared import locks
from shared.db import Tx
from shared.events.words import Answer, Channel

HISTORY = """
SELECT count(*) FILTER (WHERE text_hash = $2 AND (lately OR stands) AND NOT asked_again
                          AND outcome = 'answer') > 0 AS repeated,
       count(*) FILTER (WHERE outcome = 'no-word' AND lately) AS questions,
       count(*) FILTER (WHERE outcome = 'no-code') AS no_code,
       count(*) FILTER (WHERE outcome = 'which-code') AS which_code,
       count(*) FILTER (WHERE outcome = 'unclear') AS unclear,
       count(*) FILTER (WHERE outcome = 'wrong-code') AS wrong_code,
       count(*) FILTER (WHERE outcome = 'stranger') AS stranger
FROM (SELECT outcome, text_hash, r.received_at > $3 AS lately,
             -- an offer asks each tier once, unless it was over and has come back
             EXISTS (SELECT FROM alerts again JOIN alerts first USING (offer_id, tier)
                     WHERE again.offer_id = a.offer_id AND again.alert_id <> first.alert_id
                       AND again.requested_at > r.received_at) AS asked_again,
             a.answer_id IS NOT NULL
                 AND coalesce(a.judgement, 'stood') IN ('stood', 'already')
                 AND NOT EXISTS (SELECT FROM answers other WHERE other.offer_id = a.offer_id
                     AND other.staff_id = a.staff_id AND other.answer NOT IN (a.answer, 'received')
                 ) AS stands
      FROM replies r LEFT JOIN answers a USING (answer_id)
      WHERE sender_hash = $1 AND r.received_at > $4) AS past
"""
KEEP_REPLY = """
INSERT INTO replies (reply_id, sender_hash, text_hash, received_at, outcome, answer_id)
VALUES ($1, $2, $3, $4, $5, $6)
"""
KEEP_ANSWER = """
INSERT INTO answers (answer_id, offer_id, staff_id, answer, channel, received_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
JUDGED = """
UPDATE answers SET judgement = $2, judged_at = $3 WHERE answer_id = $1 RETURNING channel, answer
"""


async def history(tx: Tx, sender_hash: str, text_hash: str) -> History:
    """What came from a number lately. Texts of one number are taken one at a time."""
    await locks.hold(tx, locks.slot("sender", sender_hash))
    row = await tx.fetchrow(HISTORY, sender_hash, text_hash, tx.now - WINDOW, tx.now - REDELIVERED)
    if row is None:
        return History(False, {}, 0)
    vain = {each: row[each.replace("-", "_")] for each in _VAIN}
    return History(row["repeated"], vain, row["questions"])


_VAIN = (
    Outcome.NO_CODE,
    Outcome.WHICH_CODE,
    Outcome.UNCLEAR,
    Outcome.WRONG_CODE,
    Outcome.STRANGER,
)


async def keep_reply(
    tx: Tx, sender_hash: str, text_hash: str, outcome: Outcome, answer_id: str | None = None
) -> str:
    """Writes that a text came and what it was; its id."""
    reply_id = tx.ids.new()
    await tx.execute(KEEP_REPLY, reply_id, sender_hash, text_hash, tx.now, outcome, answer_id)
    return reply_id


async def keep_answer(
    tx: Tx, offer_id: str, staff_id: str, answer: Answer, channel: Channel
) -> str:
    """Writes an answer, received now; its id."""
    answer_id = tx.ids.new()
    await tx.execute(KEEP_ANSWER, answer_id, offer_id, staff_id, answer, channel, tx.now)
    return answer_id


async def judged(tx: Tx, answer_id: str, judgement: str) -> tuple[Answer, str] | None:
    """Writes what became of an answer; what it was and the channel it came by.

    None if it did not come to us.
    """
    row = await tx.fetchrow(JUDGED, answer_id, judgement, tx.now)
    return (Answer(row["answer"]), row["channel"]) if row else None
