"""Guesses: how often somebody may be wrong, by place and name, and by place.

A guess is counted before it is tried, so that a thousand at once are a thousand. Nobody is kept out
elsewhere by what is guessed here, nor by a stranger where they have signed in themselves.
"""

from services.console.accounts.model import AT_A_NAME, FROM_A_PLACE, Limit
from services.console.keys import AccountKeys
from shared.db import Tx
from shared.errors import TooMany

WAIT = "too many wrong guesses here: try again later"
COUNT = """
INSERT INTO guesses AS g (scope, times, since) VALUES ($1, 1, $2)
ON CONFLICT (scope) DO UPDATE SET
    times = CASE WHEN g.since <= $3 THEN 1 ELSE g.times + 1 END,
    since = CASE WHEN g.since <= $3 THEN $2 ELSE g.since END
RETURNING times, since
"""
FORGET = "DELETE FROM guesses WHERE scope = $1"
ONE_LESS = "UPDATE guesses SET times = times - 1 WHERE scope = $1 AND times > 0"
SEEN = """
INSERT INTO places (scope, seen_at) VALUES ($1, $2)
ON CONFLICT (scope) DO UPDATE SET seen_at = excluded.seen_at
"""
KNOWN = "SELECT EXISTS (SELECT FROM places WHERE scope = $1)"


async def count(tx: Tx, keys: AccountKeys, login: str, place: str, staff_id: str | None) -> None:
    """Counts one that is about to be tried; raises `TooMany`, and then it is not counted.

    ``staff_id``: whose name it is, if it is anybody's.
    """
    await _count(tx, _at_a_name(keys, login, place), AT_A_NAME)
    known = await tx.fetchval(KNOWN, _theirs(keys, staff_id or "", place))
    await _count(tx, _from(keys, place), None if known else FROM_A_PLACE)


async def forgive(tx: Tx, keys: AccountKeys, login: str, place: str, staff_id: str) -> None:
    """It was right: whoever sits there is known there from now on."""
    await tx.execute(FORGET, _at_a_name(keys, login, place))
    await tx.execute(ONE_LESS, _from(keys, place))
    await tx.execute(SEEN, _theirs(keys, staff_id, place), tx.now)


async def _count(tx: Tx, scope: bytes, limit: Limit | None) -> None:
    within = (limit or FROM_A_PLACE).within
    row = await tx.fetchrow(COUNT, scope, tx.now, tx.now - within)
    if row is not None and limit is not None and row["times"] > limit.most:
        raise TooMany(WAIT, limit.wait(row["since"], tx.now))


def _at_a_name(keys: AccountKeys, login: str, place: str) -> bytes:
    return keys.blind("guess", f"{login}\x1f{place}")


def _from(keys: AccountKeys, place: str) -> bytes:
    return keys.blind("guesses", place)


def _theirs(keys: AccountKeys, staff_id: str, place: str) -> bytes:
    return keys.blind("place", f"{staff_id}\x1f{place}")
