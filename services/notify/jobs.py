"""Jobs of notify, driven by time."""

from datetime import datetime, timedelta

from services.notify.delivery import send
from services.notify.delivery.store import messages
from services.notify.deps import Deps
from services.notify.people.handlers import emit_register
from shared.db import Tx
from shared.runtime.jobs import Look
from shared.runtime.quarantine import Step

AT_ONCE = 100
EXPIRY = Look("expiry", longest=1.0, due=messages.NEXT_EXPIRY)
"""Nobody notifies it: it looks every second, not at every message that is queued."""
REGISTER = Look("register", longest=30.0)
"""Nobody notifies it: whoever changes an entry says so at once, this finds the rest."""

RETENTION_EVERY = timedelta(hours=1)
RETENTION = Look("retention", longest=RETENTION_EVERY.total_seconds())
"""Nobody notifies it: it looks by the hour."""
FORGOTTEN_AT_ONCE = 1000
_YEARS = timedelta(days=3 * 366)
KEPT = (
    (
        timedelta(days=1),
        "DELETE FROM contact_checks WHERE (staff_id, channel) IN "
        "(SELECT staff_id, channel FROM contact_checks WHERE sent_at < $1 LIMIT $2)",
    ),
    (
        timedelta(days=7),
        "DELETE FROM receipts_early WHERE provider_id IN "
        "(SELECT provider_id FROM receipts_early WHERE receipt_at < $1 LIMIT $2)",
    ),
    (
        timedelta(days=30),
        "DELETE FROM replies WHERE reply_id IN "
        "(SELECT reply_id FROM replies WHERE received_at < $1 LIMIT $2)",
    ),
    (
        timedelta(days=90),
        "DELETE FROM codes WHERE (offer_id, staff_id) IN "
        "(SELECT offer_id, staff_id FROM codes WHERE closed_at < $1 LIMIT $2)",
    ),
    (
        timedelta(days=90),
        "DELETE FROM calendar_feeds WHERE feed_id IN "
        "(SELECT feed_id FROM calendar_feeds WHERE revoked_at < $1 LIMIT $2)",
    ),
    (
        timedelta(days=90),
        "DELETE FROM notices WHERE dedup_key IN "
        "(SELECT dedup_key FROM notices WHERE requested_at < $1 LIMIT $2)",
    ),
    (
        _YEARS,
        "DELETE FROM answers WHERE answer_id IN "
        "(SELECT answer_id FROM answers WHERE received_at < $1 LIMIT $2)",
    ),
    (
        _YEARS,
        "DELETE FROM messages WHERE message_id IN (SELECT message_id FROM messages "
        "WHERE queued_at < $1 AND status NOT IN ('queued', 'claimed') LIMIT $2)",
    ),
    (
        _YEARS,
        "DELETE FROM alerts WHERE alert_id IN (SELECT alert_id FROM alerts a "
        "WHERE requested_at < $1 AND outcome IS NOT NULL "
        "AND NOT EXISTS (SELECT FROM messages m WHERE m.alert_id = a.alert_id) LIMIT $2)",
    ),
    (
        _YEARS,
        "DELETE FROM number_readings WHERE reading_id IN "
        "(SELECT reading_id FROM number_readings WHERE read_at < $1 LIMIT $2)",
    ),
    (
        _YEARS,
        "DELETE FROM lookups WHERE lookup_id IN "
        "(SELECT lookup_id FROM lookups WHERE asked_at < $1 LIMIT $2)",
    ),
    (
        _YEARS,
        "DELETE FROM telephone_checks WHERE check_id IN "
        "(SELECT check_id FROM telephone_checks WHERE checked_at < $1 LIMIT $2)",
    ),
    (
        _YEARS,
        "DELETE FROM rosters_removed WHERE removal_id IN "
        "(SELECT removal_id FROM rosters_removed WHERE removed_at < $1 LIMIT $2)",
    ),
    (
        _YEARS,
        "DELETE FROM roster_overrides WHERE override_id IN "
        "(SELECT override_id FROM roster_overrides WHERE ends_at < $1 LIMIT $2)",
    ),
)
"""How long rows are kept, and what deletes the older ones; what points to others goes before them.

Three years: the evidence of who was told, answered, read a number, looked for a name, or was on a
roster."""


async def give_up_expired(deps: Deps, tx: Tx) -> datetime | None:
    """Gives up messages whose time is over unsent, so that referral hears of it; when next."""
    late = await send.give_up_expired(deps, tx, AT_ONCE)
    return tx.now if len(late) == AT_ONCE else await messages.next_expiry(tx)


def register_job(deps: Deps) -> Step:
    """A step through the register: says what was never said of anybody, part by part."""
    behind = ""

    async def step(tx: Tx) -> datetime | None:
        nonlocal behind
        behind = await emit_register(deps.exclusions, tx, behind)
        return tx.now if behind else None

    return step


async def forget(tx: Tx) -> datetime | None:
    """Deletes what has been kept long enough, so much at once; when to look again."""
    for kept, statement in KEPT:
        deleted = await tx.execute(statement, tx.now - kept, FORGOTTEN_AT_ONCE)
        if deleted == f"DELETE {FORGOTTEN_AT_ONCE}":
            return tx.now
    return tx.now + RETENTION_EVERY
