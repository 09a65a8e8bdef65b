"""Requests that must be done once: by caller and key, with a keyed digest of what was asked.

The lock lives as long as the transaction, so a crash leaves nothing to clean up: the request was
either done with its answer kept, or never.
"""

from dataclasses import dataclass
from datetime import datetime

from shared import locks
from shared.db import Tx

FIND = "SELECT fingerprint, answer FROM requests WHERE caller = $1 AND key = $2"
INSERT = """
INSERT INTO requests (caller, key, fingerprint, answer, answered_at) VALUES ($1, $2, $3, $4, $5)
"""
SWEEP = "DELETE FROM requests WHERE answered_at < $1"


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked, as a digest, and what was answered."""

    fingerprint: bytes
    answer: str


async def lock(tx: Tx, caller: str, key: str) -> bool:
    """Whether nobody else is at it; ours until the transaction ends.

    Of two strangers whose keys share a lock one may be told "in flight" once: harmless.
    """
    return await locks.try_hold(tx, locks.slot("request", f"{caller}|{key}"))


async def find(tx: Tx, caller: str, key: str) -> Answered | None:
    """What was answered, if it was. Asked after the lock: only then has who held it committed."""
    row = await tx.fetchrow(FIND, caller, key)
    return None if row is None else Answered(bytes(row["fingerprint"]), row["answer"])


async def keep(tx: Tx, caller: str, key: str, answered: Answered) -> None:
    """Keeps an answer for whoever asks again."""
    await tx.execute(INSERT, caller, key, answered.fingerprint, answered.answer, tx.now)


async def sweep(tx: Tx, before: datetime) -> None:
    """Forgets answers nobody asks for any more."""
    await tx.execute(SWEEP, before)
