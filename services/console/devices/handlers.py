"""Handlers of devices: an officer's telephone is registered by a code and opened by a PIN.

Who may issue a code and revoke a device is for the pages to ask: an administrator.
"""

from hashlib import sha256
from secrets import token_urlsafe

from services.console import publish
from services.console.accounts import codes
from services.console.accounts.model import LONGEST, Member
from services.console.deps import Deps
from services.console.devices import store
from services.console.devices.model import (
    CODE_FOR,
    GUESSES,
    KEPT_FOR,
    Device,
    End,
    check_pin,
)
from services.console.keys import AccountKeys
from services.console.sessions import handlers as sessions
from services.console.sessions.model import SessionKind
from shared.db import Tx
from shared.errors import Conflict, Invalid, NotFound, Unauthenticated
from shared.events.words import SYSTEM


class PinRefused(Unauthenticated):
    """Wrong, and it was counted."""

    def __init__(self) -> None:
        super().__init__("the PIN is wrong")


class DeviceEnded(Unauthenticated):
    """No device of anybody's any more, or never one."""

    def __init__(self) -> None:
        super().__init__("this telephone is not registered any more: ask an administrator")


async def issue_code(tx: Tx, deps: Deps, by: str, who: Member) -> str:
    """A code that registers one telephone for ``who``, once, within `CODE_FOR`.

    One that they had registers nothing any more. Raises `Conflict` for whoever may have none.
    """
    if not SessionKind.OFFICER.allows(who.roles, who.organisation_kind):
        raise Conflict(sessions.NOT_THESE)
    code = codes.new_device_code()
    kept = deps.keys.blind("device", codes.recovery(code))
    await store.issue(tx, who.staff_id, kept, by, tx.now + CODE_FOR)
    publish.account_changed(tx, who.staff_id, "device-code", by)
    return code


async def register(tx: Tx, deps: Deps, code: str, pin: str) -> str:
    """The secret of the telephone's cookie: 256 bits, for `KEPT_FOR`.

    Raises `Invalid` naming ``pin`` or ``code``; a slip leaves the code as it was.
    """
    hashes = deps.keys.blinds("device", codes.recovery(code[:LONGEST]))
    staff_id = await store.take(tx, hashes)
    if staff_id is None:
        raise Invalid("code", "is no code, or its ten minutes are over")
    device = Device(
        device_id=tx.ids.new(),
        staff_id=staff_id,
        registered_at=tx.now,
        used_at=None,
        expires_at=tx.now + KEPT_FOR,
    )
    secret = token_urlsafe(32)
    kept = await deps.passwords.hash(_keyed(deps.keys, device, check_pin(pin)))
    await store.register(tx, device, _hash(secret), kept)
    publish.account_changed(tx, staff_id, "device-registered", staff_id)
    return secret


async def unlock(deps: Deps, secret: str, pin: str) -> str:
    """Whose telephone it is; five wrong PINs in a row end it.

    Raises `PinRefused`, or `DeviceEnded`. It takes no transaction, as `accounts.handlers.sign_in`.
    """
    async with deps.db.transaction() as tx:
        found = await store.guess(tx, _hash(secret), GUESSES)
    if found is None:
        raise DeviceEnded
    device, kept, wrong = found
    fits = await deps.passwords.fits(kept, _keyed(deps.keys, device, pin[:LONGEST]))
    async with deps.db.transaction() as tx:
        if fits:
            await store.used(tx, device.device_id)
            return device.staff_id
        publish.session_refused(tx, device.staff_id, "wrong-pin")
        if wrong >= GUESSES:
            await _end(tx, device.device_id, SYSTEM, End.GUESSED)
    raise DeviceEnded if wrong >= GUESSES else PinRefused


async def revoke(tx: Tx, by: str, device_id: str) -> None:
    """A lost telephone opens nothing from now on, and its person is signed out everywhere.

    Raises `NotFound` for one that had ended.
    """
    if not await _end(tx, device_id, by, End.REVOKED):
        raise NotFound


async def revoke_everybodys(tx: Tx, by: str) -> int:
    """Every telephone of all, and every code that would register one: how many telephones."""
    ended = await store.end_everybodys(tx, by, End.REVOKED)
    for staff_id in ended:
        publish.account_changed(tx, staff_id, f"device-{End.REVOKED}", by)
    return len(ended)


async def of_staff(tx: Tx, staff_id: str) -> list[Device]:
    """Somebody's telephones that open something, the oldest first."""
    return await store.of_staff(tx, staff_id)


async def _end(tx: Tx, device_id: str, by: str, ending: End) -> bool:
    staff_id = await store.end(tx, device_id, by, ending)
    if staff_id is None:
        return False
    publish.account_changed(tx, staff_id, f"device-{ending}", by)
    await sessions.end_all(tx, staff_id, but=None, by=by)
    return True


def _keyed(keys: AccountKeys, device: Device, pin: str) -> str:
    """What is hashed of a PIN: with the tables alone nobody can try all million."""
    return keys.blind("pin", f"{device.device_id}\x1f{pin}").hex()


def _hash(secret: str) -> bytes:
    """Random bits need no slow hash."""
    return sha256(secret.encode()).digest()
