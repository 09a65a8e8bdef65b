"""Officers' telephones in the console, on the real database."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.console.deps import Deps
from services.console.devices import handlers as devices
from services.console.devices.handlers import DeviceEnded, PinRefused
from services.console.sessions import handlers as sessions
from services.console.sessions.model import SessionKind
from shared.errors import Conflict, Invalid, NotFound
from shared.events.words import Role
from tests.support.console import account, console, member

PIN = "407192"
MORE = sorted(set(Role) - {Role.WORKER, Role.REPORTER})


@pytest_asyncio.fixture
async def deps(stack: Stack) -> AsyncIterator[Deps]:
    """A console where nobody has been."""
    async with console(stack) as one:
        yield one


async def registered(deps: Deps, staff_id: str = "st-one") -> str:
    """A telephone of somebody's: the secret of its cookie."""
    async with deps.db.transaction() as tx:
        code = await devices.issue_code(tx, deps, "st-admin", member(staff_id))
        return await devices.register(tx, deps, code, PIN)


async def test_a_code_registers_one_telephone_within_ten_minutes(deps: Deps) -> None:
    """A newer one replaces it; a PIN that is tried first is refused, and the code stays."""
    async with deps.db.transaction() as tx:
        before = await devices.issue_code(tx, deps, "st-admin", member())
        code = await devices.issue_code(tx, deps, "st-admin", member())
        with pytest.raises(Invalid, match="code"):
            await devices.register(tx, deps, before, PIN)
    for easy in ("123456", "000000", "121212", "987654", "12345", "abcdef", "123123"):
        with pytest.raises(Invalid, match="pin"):
            await in_one(deps, code, easy)
    secret = await in_one(deps, code.lower(), PIN)
    assert len(secret) >= 43
    assert await devices.unlock(deps, secret, PIN) == "st-one"
    with pytest.raises(Invalid, match="code"):
        await in_one(deps, code, PIN)
    async with deps.db.transaction() as tx:
        late = await devices.issue_code(tx, deps, "st-admin", member())
        await tx.execute("UPDATE device_codes SET expires_at = $1", tx.now)
    with pytest.raises(Invalid, match="code"):
        await in_one(deps, late, PIN)


async def in_one(deps: Deps, code: str, pin: str) -> str:
    """Registers in a transaction of its own."""
    async with deps.db.transaction() as tx:
        return await devices.register(tx, deps, code, pin)


async def test_five_wrong_pins_end_the_telephone_and_nothing_else(deps: Deps) -> None:
    """At once or one by one; a right one in between begins anew; the account and another stand."""
    one = await account(deps)
    secret, other = await registered(deps), await registered(deps)
    for _ in range(4):
        with pytest.raises(PinRefused):
            await devices.unlock(deps, secret, "000000")
    assert await devices.unlock(deps, secret, PIN) == "st-one"
    tries = (devices.unlock(deps, secret, "000000") for _ in range(7))
    refused = await asyncio.gather(*tries, return_exceptions=True)
    assert {type(each) for each in refused} == {PinRefused, DeviceEnded}
    with pytest.raises(DeviceEnded):
        await devices.unlock(deps, secret, PIN)
    assert await devices.unlock(deps, other, PIN) == "st-one"
    assert await one.sign_in() == "st-one"


async def test_a_lost_telephone_opens_nothing_from_now_on(deps: Deps) -> None:
    """Whoever is signed in on it is out; so is one whose 90 days are over."""
    secret = await registered(deps)
    async with deps.db.transaction() as tx:
        _, cookie = await sessions.start(tx, deps, member(), SessionKind.OFFICER, "ky")
        [device] = await devices.of_staff(tx, "st-one")
        assert (device.expires_at - device.registered_at).days == 90
        await devices.revoke(tx, "st-admin", device.device_id)
        assert await sessions.resume(tx, cookie) is None
        assert await devices.of_staff(tx, "st-one") == []
        with pytest.raises(NotFound):
            await devices.revoke(tx, "st-admin", device.device_id)
    old = await registered(deps)
    async with deps.db.transaction() as tx:
        await tx.execute("UPDATE devices SET expires_at = $1", tx.now)
    for ended in (secret, old, "never"):
        with pytest.raises(DeviceEnded):
            await devices.unlock(deps, ended, PIN)


@pytest.mark.parametrize(
    "other",
    [
        *({"roles": frozenset({"worker", role})} for role in MORE),
        {"roles": frozenset({"reporter"})},
        {"organisation_kind": "crisis-centre"},
    ],
    ids=[*MORE, "another alone", "elsewhere"],
)
async def test_a_pin_opens_what_officers_see_and_nothing_more(
    deps: Deps, other: dict[str, Any]
) -> None:
    """No code for anybody else, and a session ends as soon as somebody becomes more."""
    now = member(**other)
    async with deps.db.transaction() as tx:
        one, cookie = await sessions.start(tx, deps, member(), SessionKind.OFFICER, "ky")
        with pytest.raises(Conflict):
            await devices.issue_code(tx, deps, "st-admin", now)
        with pytest.raises(Conflict):
            await sessions.start(tx, deps, now, SessionKind.OFFICER, "ky")
        assert await sessions.recheck(tx, one, now) is None
        assert await sessions.resume(tx, cookie) is None
