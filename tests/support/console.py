"""The console's handlers in this process, on the real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from deploy.local.stack import Stack
from services.console.accounts.model import Member
from services.console.deps import Deps
from services.console.settings import ConsoleSettings
from shared.db import Tx
from tests.support.environment import settings_of


@asynccontextmanager
async def console(stack: Stack) -> AsyncIterator[Deps]:
    """A console where nobody has been."""
    await stack.ensure("console.migrate")
    settings = settings_of(ConsoleSettings, stack, "console.serve")
    deps = Deps.of(settings)
    async with deps.db.transaction() as tx:
        await wipe(tx)
    yield deps
    await deps.db.close()


async def wipe(tx: Tx) -> None:
    """Nothing is left of earlier tests."""
    for table in ("sessions", "outbox"):
        await tx.execute(f"DELETE FROM {table}")


def member(staff_id: str = "st-one", **fields: Any) -> Member:
    """Somebody whom the register has."""
    known: dict[str, Any] = {
        "organisation": "desk",
        "roles": frozenset({"worker"}),
        "territories": (),
        "language": "ky",
    }
    return Member(staff_id=staff_id, **(known | fields))


async def said(tx: Tx) -> list[str]:
    """The types of all that was said, in order."""
    return [row["type"] for row in await tx.fetch("SELECT type FROM outbox ORDER BY id")]
