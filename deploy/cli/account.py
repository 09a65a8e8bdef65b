"""``tirek account``: who may sign in to the console, for whoever has the server."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import asyncpg
import typer
from pydantic import SecretStr
from rich.table import Table

from deploy.cli.keys import Postgres, Secrets
from deploy.operations import running_demo
from services.console import upkeep
from services.console.accounts import handlers as accounts
from services.console.deps import Deps
from services.console.sessions import handlers as sessions
from services.console.settings import ConsoleSettings
from shared.cli import OUT, country, fail
from shared.db import Tx
from shared.errors import NotFound, Refused, Unavailable
from shared.events.words import SYSTEM
from shared.key_files import KeyFileError

account = typer.Typer(
    no_args_is_help=True,
    help="Accounts of the console. Administrators invite and reset on its pages; this is for the "
    "first of them, and for when none can.",
)
ended = typer.Typer(no_args_is_help=True, help="Sessions of the console.")
account.add_typer(ended, name="sessions")

Staff = Annotated[str, typer.Argument(help="A staff id of the register, like st-a2b3c4d5.")]
Origin = Annotated[
    str, typer.Option(envvar="TIREK_ORIGIN", help="Where browsers find the console.")
]
HERE = "http://127.0.0.1:8104"
LINK = "{0}/invitation/{1}"
T = TypeVar("T")


@account.command()
def first(
    staff_id: Staff,
    origin: Origin = HERE,
    secrets: Secrets = running_demo.SECRETS,
    postgres: Postgres = None,
) -> None:
    """Invite the first administrator, who invites everybody else. Refused once there is an account.

    They must stand in the register, or they cannot sign in: `tirek people load`. The link works for
    24 hours, once; a second one replaces the first. Hand it over yourself.
    """
    _print_link(origin, secrets, postgres, partial(accounts.invite_first, staff_id=staff_id))


@account.command()
def invite(
    staff_id: Staff,
    origin: Origin = HERE,
    secrets: Secrets = running_demo.SECRETS,
    postgres: Postgres = None,
) -> None:
    """Invite somebody from the server: a second administrator, who is to reset accounts, too.

    Whoever one administrator invites alone, on the page, cannot: it could be they themselves.
    """
    _print_link(origin, secrets, postgres, partial(accounts.invite_by_server, staff_id=staff_id))


@account.command("list")
def listed(secrets: Secrets = running_demo.SECRETS, postgres: Postgres = None) -> None:
    """Show who has an account, or an invitation to one."""
    table = Table("account", "", "since", "last signed in", "reset asked by")
    for line in _done(secrets, postgres, lambda tx, _: accounts.list_accounts(tx)):
        times = (line.created_at, line.last_signed_in_at)
        shown = (f"{at:%Y-%m-%d %H:%M} UTC" if at else "" for at in times)
        table.add_row(line.staff_id, line.state, *shown, line.asked_by or "")
    OUT.print(table)


@account.command()
def reset(
    staff_id: Staff,
    origin: Origin = HERE,
    secrets: Secrets = running_demo.SECRETS,
    postgres: Postgres = None,
) -> None:
    """Reset an account at once, where no two administrators are left to do it.

    Their sessions end, and what they signed in with is worth nothing. Prints a new invitation.
    """
    _print_link(origin, secrets, postgres, partial(accounts.reset_by_server, staff_id=staff_id))


@ended.command()
def end(
    staff_id: Staff, secrets: Secrets = running_demo.SECRETS, postgres: Postgres = None
) -> None:
    """End all of somebody's sessions. They may sign in again."""
    count = _done(
        secrets,
        postgres,
        lambda tx, _: sessions.end_all(tx, staff_id, but=None, by=SYSTEM),
    )
    OUT.print(f"{staff_id}: {count} sessions ended")


@ended.command("end-all")
def end_all(secrets: Secrets = running_demo.SECRETS, postgres: Postgres = None) -> None:
    """End everybody's sessions, registered telephones and invitations, as a restore does.

    Officers register their telephones anew.
    """
    ended, telephones = _done(secrets, postgres, lambda tx, _: upkeep.sign_everybody_out(tx))
    OUT.print(f"{ended} sessions ended, {telephones} telephones revoked, no invitation is open")


def _print_link(
    origin: str,
    secrets: Path,
    postgres: str | None,
    invited: Callable[[Tx, Deps], Awaitable[str]],
) -> None:
    """The link of the invitation whose secret ``invited`` answers."""
    OUT.print(LINK.format(origin, _done(secrets, postgres, invited)), soft_wrap=True)


def _done(secrets: Path, postgres: str | None, act: Callable[[Tx, Deps], Awaitable[T]]) -> T:
    """What ``act`` answers, in one transaction of the console's."""
    with _said():
        settings = ConsoleSettings(
            database_url=SecretStr(running_demo.databases(secrets, postgres)["console"]),
            keys_dir=secrets / "console",
            jurisdiction=country(),
        )
        return asyncio.run(_in_one(Deps.of(settings), act))


async def _in_one(deps: Deps, act: Callable[[Tx, Deps], Awaitable[T]]) -> T:
    try:
        async with deps.db.transaction() as tx:
            return await act(tx, deps)
    finally:
        await deps.db.close()


@contextmanager
def _said() -> Iterator[None]:
    """Whatever goes wrong is one clear line and status 1."""
    try:
        yield
    except NotFound:
        raise fail("there is no such account") from None
    except (Refused, KeyFileError) as problem:
        raise fail(str(problem)) from None
    except (Unavailable, OSError, asyncpg.PostgresError) as problem:
        cause = type(problem.__cause__ or problem).__name__
        raise fail(f"the database does not answer: {cause}") from None
