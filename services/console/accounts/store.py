"""Accounts in PostgreSQL: hashes and encrypted seeds, by staff id."""

from collections.abc import Iterable
from datetime import datetime

from services.console.accounts.model import Account, AccountLine, AccountState, Invitation
from shared.db import Tx

BY_LOGIN = "SELECT * FROM accounts WHERE login_hash = ANY ($1::bytea[])"
ANY = "SELECT EXISTS (SELECT FROM accounts)"
EXISTS = "SELECT EXISTS (SELECT FROM accounts WHERE staff_id = $1)"
VOUCHED = "SELECT vouched FROM accounts WHERE staff_id = $1"
TAKEN = "SELECT EXISTS (SELECT FROM accounts WHERE login_hash = ANY ($1::bytea[]))"
MAKE = """
INSERT INTO accounts
    (staff_id, login_hash, password, seed_kid, seed, last_step, vouched, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING RETURNING staff_id
"""
DELETE = "DELETE FROM accounts WHERE staff_id = $1"
USE_STEP = """
UPDATE accounts SET last_step = $2 WHERE staff_id = $1 AND last_step < $2 RETURNING staff_id
"""
SIGNED_IN = "UPDATE accounts SET last_signed_in_at = $2 WHERE staff_id = $1"
KEEP_CODE = "INSERT INTO recovery_codes (staff_id, code_hash) VALUES ($1, $2)"
NO_CODES = "DELETE FROM recovery_codes WHERE staff_id = $1"
USE_CODE = """
DELETE FROM recovery_codes WHERE staff_id = $1 AND code_hash = ANY ($2::bytea[]) RETURNING staff_id
"""
INVITE = """
WITH before AS (
    INSERT INTO spent_links (secret_hash, staff_id, reason, spent_at)
    SELECT secret_hash, staff_id, CASE WHEN expires_at > $7 THEN 'withdrawn' ELSE 'expired' END, $7
    FROM invitations WHERE staff_id = $1
)
INSERT INTO invitations
    (staff_id, secret_hash, seed_kid, seed, vouched, invited_by, invited_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (staff_id) DO UPDATE SET
    secret_hash = excluded.secret_hash, seed_kid = excluded.seed_kid, seed = excluded.seed,
    vouched = excluded.vouched,
    invited_by = excluded.invited_by, invited_at = excluded.invited_at,
    expires_at = excluded.expires_at
"""
NO_INVITATIONS = """
WITH gone AS (DELETE FROM invitations RETURNING secret_hash, staff_id)
INSERT INTO spent_links (secret_hash, staff_id, reason, spent_at)
SELECT secret_hash, staff_id, 'withdrawn', $1 FROM gone
"""
INVITED = "SELECT * FROM invitations WHERE secret_hash = $1 AND expires_at > $2"
ACCEPT = """
WITH accepted AS (
    DELETE FROM invitations WHERE secret_hash = $1 AND expires_at > $2 RETURNING *
), spent AS (
    INSERT INTO spent_links (secret_hash, staff_id, reason, spent_at)
    SELECT secret_hash, staff_id, 'used-up', $2 FROM accepted
)
SELECT * FROM accepted
"""
SPENT = """
SELECT staff_id, reason FROM spent_links WHERE secret_hash = $1
UNION ALL
SELECT staff_id, 'expired' FROM invitations WHERE secret_hash = $1 AND expires_at <= $2
"""
ASKED_BY = "SELECT asked_by FROM resets WHERE staff_id = $1 AND asked_at > $2"
ASK_RESET = """
INSERT INTO resets (staff_id, asked_by, asked_at) VALUES ($1, $2, $3)
ON CONFLICT (staff_id) DO UPDATE SET asked_by = excluded.asked_by, asked_at = excluded.asked_at
"""
HOLD = "SELECT staff_id FROM accounts WHERE staff_id = $1 FOR UPDATE"
LINES = """
SELECT coalesce(a.staff_id, i.staff_id) AS staff_id, a.created_at, a.last_signed_in_at, r.asked_by,
       a.staff_id IS NULL AS invited, coalesce(a.vouched, i.vouched) AS vouched
FROM accounts a
FULL JOIN (SELECT staff_id, vouched FROM invitations WHERE expires_at > $1) i USING (staff_id)
LEFT JOIN (SELECT staff_id, asked_by FROM resets WHERE asked_at > $2) r
    ON r.staff_id = a.staff_id
ORDER BY staff_id
"""


async def by_login(tx: Tx, hashes: list[bytes]) -> Account | None:
    """The account whose sign-in name has one of these hashes."""
    row = await tx.fetchrow(BY_LOGIN, hashes)
    return Account(**{name: row[name] for name in Account.__slots__}) if row else None


async def has_any(tx: Tx) -> bool:
    """Whether anybody has an account."""
    return bool(await tx.fetchval(ANY))


async def has(tx: Tx, staff_id: str) -> bool:
    """Whether somebody has an account."""
    return bool(await tx.fetchval(EXISTS, staff_id))


async def is_vouched(tx: Tx, staff_id: str) -> bool:
    """Whether they have an account that nobody alone gave them."""
    return bool(await tx.fetchval(VOUCHED, staff_id))


async def is_taken(tx: Tx, hashes: list[bytes]) -> bool:
    """Whether a sign-in name is somebody's."""
    return bool(await tx.fetchval(TAKEN, hashes))


async def make(tx: Tx, account: Account, login_hash: bytes) -> bool:
    """A new account; False when the person or the name has one."""
    kept = (account.password, account.seed_kid, account.seed, account.last_step, account.vouched)
    made = await tx.fetchval(MAKE, account.staff_id, login_hash, *kept, tx.now)
    return made is not None


async def delete(tx: Tx, staff_id: str) -> None:
    """With its recovery codes."""
    await tx.execute(DELETE, staff_id)


async def use_step(tx: Tx, staff_id: str, step: int) -> bool:
    """Takes a one-time password; False when it, or a later one, was taken."""
    return await tx.fetchval(USE_STEP, staff_id, step) is not None


async def signed_in(tx: Tx, staff_id: str) -> None:
    """Somebody has signed in now."""
    await tx.execute(SIGNED_IN, staff_id, tx.now)


async def replace_codes(tx: Tx, staff_id: str, hashes: Iterable[bytes]) -> None:
    """These recovery codes instead of all there are."""
    await tx.execute(NO_CODES, staff_id)
    await tx.executemany(KEEP_CODE, [(staff_id, each) for each in hashes])


async def use_code(tx: Tx, staff_id: str, hashes: list[bytes]) -> bool:
    """Takes a recovery code; False when there is none such, or no more."""
    return await tx.fetchval(USE_CODE, staff_id, hashes) is not None


async def invite(
    tx: Tx, invitation: Invitation, secret_hash: bytes, by: str, expires_at: datetime
) -> None:
    """One at a time: one that somebody has is worth nothing any more."""
    seed = (invitation.seed_kid, invitation.seed, invitation.vouched)
    await tx.execute(INVITE, invitation.staff_id, secret_hash, *seed, by, tx.now, expires_at)


async def invited(tx: Tx, secret_hash: bytes, *, accept: bool = False) -> Invitation | None:
    """The invitation that a secret opens, if its time is not over; gone when it is accepted."""
    row = await tx.fetchrow(ACCEPT if accept else INVITED, secret_hash, tx.now)
    return Invitation(**{name: row[name] for name in Invitation.__slots__}) if row else None


async def spent(tx: Tx, secret_hash: bytes) -> tuple[str, str] | None:
    """Whose invitation it was that opens nothing any more, and why."""
    row = await tx.fetchrow(SPENT, secret_hash, tx.now)
    return (row["staff_id"], row["reason"]) if row else None


async def withdraw(tx: Tx) -> None:
    """No invitation opens anything any more."""
    await tx.execute(NO_INVITATIONS, tx.now)


async def hold(tx: Tx, staff_id: str) -> bool:
    """Locks an account; False when there is none."""
    return await tx.fetchval(HOLD, staff_id) is not None


async def reset_asked_by(tx: Tx, staff_id: str, since: datetime) -> str | None:
    """Who wants an account reset, and asked after ``since``."""
    found: str | None = await tx.fetchval(ASKED_BY, staff_id, since)
    return found


async def ask_reset(tx: Tx, staff_id: str, by: str) -> None:
    """Somebody wants it reset; whoever asked longer ago does not any more."""
    await tx.execute(ASK_RESET, staff_id, by, tx.now)


async def lines(tx: Tx, asked_since: datetime) -> list[AccountLine]:
    """All accounts, and invitations that can be accepted."""
    return [
        AccountLine(
            staff_id=row["staff_id"],
            state=AccountState.INVITED
            if row["invited"]
            else AccountState.RESET_ASKED
            if row["asked_by"]
            else AccountState.ACTIVE,
            created_at=row["created_at"],
            last_signed_in_at=row["last_signed_in_at"],
            asked_by=row["asked_by"],
            vouched=row["vouched"],
        )
        for row in await tx.fetch(LINES, tx.now, asked_since)
    ]
