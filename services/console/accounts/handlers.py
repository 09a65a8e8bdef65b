"""Handlers of accounts: signing in, being invited, and being reset by two people.

Who may invite and reset is for the pages to ask: an administrator.
"""

from collections.abc import Iterable
from hashlib import sha256
from secrets import token_urlsafe

from services.console import publish
from services.console.accounts import codes, guesses, store
from services.console.accounts.model import (
    INVITED_FOR,
    LONGEST,
    RECOVERY_CODES,
    Account,
    AccountLine,
    Enrolment,
    Invitation,
    check_login,
    check_password,
    folded,
    place,
    typed,
)
from services.console.deps import Deps
from services.console.keys import AccountKeys
from services.console.sessions import handlers as sessions
from services.console.sessions.model import Ending
from shared.db import Tx
from shared.errors import Conflict, Invalid, NotFound, Unauthenticated
from shared.events.words import SYSTEM


class SignInRefused(Unauthenticated):
    """The name is nobody's, or the password or the code is not theirs: nobody learns which."""

    def __init__(self) -> None:
        super().__init__("the name, the password or the code is wrong")


async def sign_in(deps: Deps, login: str, password: str, code: str, address: str) -> str:
    """Whose account it is; ``code`` is a one-time password or a recovery code.

    Raises `SignInRefused`, or `TooMany` with how long to wait. It takes no transaction: what was
    guessed wrong stays counted whatever becomes of the caller's.
    """
    name, where = folded(login[:LONGEST]), place(address)
    async with deps.db.transaction() as tx:
        account = await store.by_login(tx, deps.keys.blinds("login", name))
        await guesses.count(tx, deps.keys, name, where, account.staff_id if account else None)
    kept = account.password if account else None
    fits = await deps.passwords.fits(kept, typed(password[:LONGEST]))
    async with deps.db.transaction() as tx:
        if account and fits and await _proves(tx, deps.keys, account, code):
            await guesses.forgive(tx, deps.keys, name, where, account.staff_id)
            await store.signed_in(tx, account.staff_id)
            return account.staff_id
        if account:
            publish.session_refused(tx, account.staff_id, "wrong")
    raise SignInRefused


async def invite(tx: Tx, deps: Deps, by: str, staff_id: str, *, vouched: bool = False) -> str:
    """The secret of an invitation, for one person, once, within `INVITED_FOR`. ``vouched``: ``by``
    is the server, or not the only one who wants it.

    One that they had opens nothing any more. Raises `Conflict` for somebody with an account.
    """
    if await store.has(tx, staff_id):
        raise Conflict("there is an account: two administrators can reset it")
    kid, seed = deps.keys.encrypt(codes.new_seed().encode(), staff_id)
    secret = token_urlsafe(32)
    invitation = Invitation(staff_id=staff_id, seed_kid=kid, seed=seed, vouched=vouched)
    await store.invite(tx, invitation, _hash(secret), by, tx.now + INVITED_FOR)
    publish.account_changed(tx, staff_id, "invited", by)
    return secret


async def invite_first(tx: Tx, deps: Deps, staff_id: str) -> str:
    """The invitation of the first account of all; raises `Conflict` once there is one."""
    if await store.has_any(tx):
        raise Conflict("there are accounts: an administrator invites everybody else")
    return await invite_by_server(tx, deps, staff_id)


async def invite_by_server(tx: Tx, deps: Deps, staff_id: str) -> str:
    """The same as `invite`, for whoever has the server: with that account others can be reset."""
    return await invite(tx, deps, SYSTEM, staff_id, vouched=True)


async def withdraw_invitations(tx: Tx) -> None:
    """All of them: after a restore one that had been accepted would open a second account."""
    await store.withdraw(tx)


async def spent_invitation(tx: Tx, secret: str) -> tuple[str, str] | None:
    """Whose it was that opens nothing any more, and why (`refused.model.Reason`); none of what
    never was one, or long ago."""
    return await store.spent(tx, _hash(secret))


async def open_invitation(tx: Tx, deps: Deps, secret: str) -> Enrolment:
    """What its page shows; nothing changes. Raises `NotFound` for one that opens nothing."""
    invitation = await store.invited(tx, _hash(secret))
    if invitation is None:
        raise NotFound
    seed = _seed(deps.keys, invitation)
    uri = codes.uri(seed, deps.settings.service_label, invitation.staff_id)
    return Enrolment(staff_id=invitation.staff_id, seed=seed, uri=uri)


async def accept_invitation(
    tx: Tx, deps: Deps, secret: str, login: str, password: str, code: str
) -> tuple[str, list[str]]:
    """Makes the account: whose, and its recovery codes, which are shown this once.

    Raises `NotFound`, or `Invalid` naming ``login``, ``password`` or ``code``, and then it can be
    accepted as before.
    """
    invitation = await store.invited(tx, _hash(secret), accept=True)
    if invitation is None:
        raise NotFound
    name = check_login(login)
    text = check_password(password, login)
    seed = _seed(deps.keys, invitation)
    step = codes.step_of(seed, codes.one_time(code) or "", tx.now, 0)
    if step is None:
        raise Invalid("code", "is not the one that is shown now")
    account = Account(
        staff_id=invitation.staff_id,
        password=await deps.passwords.hash(text),
        seed_kid=invitation.seed_kid,
        seed=invitation.seed,
        last_step=step,
        vouched=invitation.vouched,
    )
    taken = await store.is_taken(tx, deps.keys.blinds("login", name))
    if taken or not await store.make(tx, account, deps.keys.blind("login", name)):
        raise Invalid("login", "is taken: choose another")
    publish.account_changed(tx, account.staff_id, "accepted", account.staff_id)
    return account.staff_id, await _new_recovery_codes(tx, deps.keys, account.staff_id)


async def exists(tx: Tx, staff_id: str) -> bool:
    """Whether somebody has an account: whoever has but a registered telephone has none."""
    return await store.has(tx, staff_id)


async def renew_recovery_codes(tx: Tx, deps: Deps, staff_id: str) -> list[str]:
    """New ones, shown this once; those before are worth nothing any more.

    Raises `NotFound` without an account.
    """
    if not await store.has(tx, staff_id):
        raise NotFound
    publish.account_changed(tx, staff_id, "recovery-codes", staff_id)
    return await _new_recovery_codes(tx, deps.keys, staff_id)


async def reset(tx: Tx, deps: Deps, by: str, staff_id: str) -> str | None:
    """Asks for a reset; when another person than ``by`` has asked within `INVITED_FOR`, does it.

    Then the account is gone with its sessions, and the secret of a new invitation is the answer.
    Raises `NotFound` without an account, and `Conflict` for one's own, or by somebody whose account
    one administrator alone has given: that may be the very same person.
    """
    if not await store.hold(tx, staff_id):
        raise NotFound
    if by == staff_id:
        raise Conflict("two other people can reset an account")
    if not await store.is_vouched(tx, by):
        raise Conflict("who was invited by one administrator alone cannot reset accounts")
    asked_by = await store.reset_asked_by(tx, staff_id, tx.now - INVITED_FOR)
    if asked_by in (None, by):
        await store.ask_reset(tx, staff_id, by)
        publish.account_changed(tx, staff_id, "reset-asked", by)
        return None
    return await _reset(tx, deps, by, staff_id)


async def reset_by_server(tx: Tx, deps: Deps, staff_id: str) -> str:
    """The same at once, for whoever has the server: above the accounts anyway.

    Raises `NotFound` without an account.
    """
    if not await store.hold(tx, staff_id):
        raise NotFound
    return await _reset(tx, deps, SYSTEM, staff_id)


async def list_accounts(tx: Tx) -> list[AccountLine]:
    """All accounts, and invitations that can be accepted, by staff id."""
    return await store.lines(tx, tx.now - INVITED_FOR)


async def _reset(tx: Tx, deps: Deps, by: str, staff_id: str) -> str:
    await store.delete(tx, staff_id)
    await sessions.end_all(tx, staff_id, but=None, by=by, ending=Ending.RESET)
    publish.account_changed(tx, staff_id, "reset", by)
    return await invite(tx, deps, by, staff_id, vouched=True)


async def _proves(tx: Tx, keys: AccountKeys, account: Account, code: str) -> bool:
    """Whether the code is theirs and was never taken; it is taken by that."""
    one_time = codes.one_time(code[:LONGEST])
    if one_time is None:
        return await store.use_code(tx, account.staff_id, _hashes(keys, account.staff_id, code))
    step = codes.step_of(_seed(keys, account), one_time, tx.now, account.last_step)
    return step is not None and await store.use_step(tx, account.staff_id, step)


async def _new_recovery_codes(tx: Tx, keys: AccountKeys, staff_id: str) -> list[str]:
    made = [codes.new_recovery_code() for _ in range(RECOVERY_CODES)]
    await store.replace_codes(tx, staff_id, _first(_hashes(keys, staff_id, each) for each in made))
    return made


def _first(hashes: Iterable[list[bytes]]) -> list[bytes]:
    return [each[0] for each in hashes]


def _hashes(keys: AccountKeys, staff_id: str, code: str) -> list[bytes]:
    """What a recovery code may be stored as."""
    return keys.blinds("recovery", f"{staff_id}\x1f{codes.recovery(code[:LONGEST])}")


def _seed(keys: AccountKeys, whose: Account | Invitation) -> str:
    return keys.decrypt(whose.seed_kid, whose.seed, whose.staff_id).decode()


def _hash(secret: str) -> bytes:
    """Random bits need no slow hash."""
    return sha256(secret.encode()).digest()
