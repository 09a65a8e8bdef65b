"""The console's handlers in this process, on the real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import asyncpg
import httpx
import pyotp

from deploy.local.stack import Stack
from services.console.accounts import handlers as accounts
from services.console.accounts.model import Member
from services.console.app import make_http
from services.console.deps import Deps
from services.console.passwords import Passwords
from services.console.settings import ConsoleSettings
from shared.db import Tx
from shared.events.words import POLICE
from tests.support.environment import settings_of

TABLES = (
    "sessions",
    "outbox",
    "accounts",
    "invitations",
    "guesses",
    "places",
    "devices",
    "device_codes",
    "refusals",
    "spent_links",
)
PASSWORD = "kalem suu tash bulut"


@asynccontextmanager
async def console(stack: Stack) -> AsyncIterator[Deps]:
    """A console where nobody has been."""
    await stack.ensure("console.migrate")
    settings = settings_of(ConsoleSettings, stack, "console.serve")
    deps = replace(Deps.of(settings), passwords=Passwords(memory=64))
    await wipe(stack)
    yield deps
    await deps.db.close()


@asynccontextmanager
async def pages(stack: Stack, **said: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Its pages in this process, without the services that they ask."""
    app = make_http(settings_of(ConsoleSettings, stack, "console.serve", **said))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8104") as http:
        yield http
    await app.state.front.peers.close()
    await app.state.front.deps.db.close()


async def wipe(stack: Stack) -> None:
    """Nothing is left of earlier tests; what was said, the service's own role cannot take back."""
    connection = await asyncpg.connect(stack.superuser("tirek"))
    try:
        for table in TABLES:
            await connection.execute(f"DELETE FROM console.{table}")
    finally:
        await connection.close()


async def account(
    deps: Deps, staff_id: str = "st-one", login: str = "Asel", *, vouched: bool = False
) -> "Person":
    """Somebody who was invited, and has accepted; ``vouched``: by the server."""
    async with deps.db.transaction() as tx:
        secret = await accounts.invite(tx, deps, "st-admin", staff_id, vouched=vouched)
        seed = (await accounts.open_invitation(tx, deps, secret)).seed
        one = Person(deps, staff_id, login, seed)
        code = one.code(tx.now)
        _, one.recovery = await accounts.accept_invitation(tx, deps, secret, login, PASSWORD, code)
    return one


@dataclass
class Person:
    """Somebody with an account, and an authenticator that goes on by itself."""

    deps: Deps
    staff_id: str
    login: str
    seed: str
    recovery: list[str] = field(default_factory=list)
    steps: int = 0

    def code(self, now: datetime) -> str:
        """The one-time password that is shown now."""
        return pyotp.TOTP(self.seed).at(now)

    async def fresh(self) -> str:
        """One that was never used, as if half a minute had gone by since the last."""
        async with self.deps.db.transaction() as tx:
            await tx.execute("UPDATE accounts SET last_step = 0 WHERE staff_id = $1", self.staff_id)
            return self.code(tx.now)

    async def sign_in(self, address: str = "192.0.2.7", **other: str) -> str:
        """With all that is right, but for what is ``other``."""
        given = {"login": self.login, "password": PASSWORD} | other
        code = given.pop("code", None) or await self.fresh()
        return await accounts.sign_in(self.deps, **given, code=code, address=address)


def member(staff_id: str = "st-one", **fields: Any) -> Member:
    """Somebody whom the register has."""
    known: dict[str, Any] = {
        "organisation": "desk",
        "organisation_kind": POLICE,
        "roles": frozenset({"worker"}),
        "territories": (),
        "language": "ky",
    }
    return Member(staff_id=staff_id, **(known | fields))


async def said(tx: Tx) -> list[str]:
    """The types of all that was said, in order."""
    return [row["type"] for row in await tx.fetch("SELECT type FROM outbox ORDER BY id")]
