"""Jobs of the console, driven by time."""

from datetime import datetime, timedelta

from services.console.refused import handlers as refused
from services.console.sessions import handlers as sessions
from shared.db import Tx
from shared.runtime.jobs import Look

SESSIONS = Look("sessions", longest=30.0)
"""Nobody notifies it: a session that is over opens nothing, said or not."""
REFUSED_EVERY = timedelta(seconds=60)
REFUSED = Look("refused", longest=REFUSED_EVERY.total_seconds())
"""Nobody notifies it."""
RETENTION_EVERY = timedelta(hours=1)
RETENTION = Look("retention", longest=RETENTION_EVERY.total_seconds())
"""Nobody notifies it: it looks by the hour."""
FORGOTTEN_AT_ONCE = 1000
KEPT = (
    (
        timedelta(days=90),
        "DELETE FROM sessions WHERE session_id IN "
        "(SELECT session_id FROM sessions WHERE ended_at < $1 LIMIT $2)",
    ),
    (
        timedelta(days=1),
        "DELETE FROM guesses WHERE scope IN (SELECT scope FROM guesses WHERE since < $1 LIMIT $2)",
    ),
    (
        timedelta(days=90),
        "DELETE FROM places WHERE scope IN (SELECT scope FROM places WHERE seen_at < $1 LIMIT $2)",
    ),
    (
        timedelta(days=1),
        "DELETE FROM refusals WHERE (scope, reason) IN "
        "(SELECT scope, reason FROM refusals WHERE since < $1 AND unsaid = 0 LIMIT $2)",
    ),
    (
        timedelta(days=90),
        "DELETE FROM spent_links WHERE secret_hash IN "
        "(SELECT secret_hash FROM spent_links WHERE spent_at < $1 LIMIT $2)",
    ),
    (
        timedelta(days=90),  # who opens one that is over is told so, and it is counted as that
        "DELETE FROM invitations WHERE staff_id IN "
        "(SELECT staff_id FROM invitations WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        timedelta(0),
        "DELETE FROM device_codes WHERE staff_id IN "
        "(SELECT staff_id FROM device_codes WHERE expires_at < $1 LIMIT $2)",
    ),
    (
        timedelta(days=90),
        "DELETE FROM devices WHERE device_id IN "
        "(SELECT device_id FROM devices WHERE least(ended_at, expires_at) < $1 LIMIT $2)",
    ),
)
"""How long rows are kept, and what deletes the older ones."""


async def end_sessions(tx: Tx) -> datetime | None:
    """Ends sessions that time has ended; when to look again."""
    return tx.now if await sessions.end_past(tx) else None


async def say_refused(tx: Tx) -> datetime | None:
    """Says refusals that came too fast to be said one by one; when to look again."""
    return tx.now if await refused.say(tx) else tx.now + REFUSED_EVERY


async def forget(tx: Tx) -> datetime | None:
    """Deletes what has been kept long enough, so much at once; when to look again."""
    for kept, statement in KEPT:
        deleted = await tx.execute(statement, tx.now - kept, FORGOTTEN_AT_ONCE)
        if deleted == f"DELETE {FORGOTTEN_AT_ONCE}":
            return tx.now
    return tx.now + RETENTION_EVERY
