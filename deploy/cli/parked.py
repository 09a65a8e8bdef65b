"""``tirek parked``: records that could not be handled and wait for a person."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
from rich.markup import escape
from rich.table import Table

from deploy.operations import parked as parked_desk
from deploy.operations import running_demo
from deploy.operations.parked import Desk
from deploy.operations.parked_record import shown
from deploy.topology import SERVICES
from shared.cli import OUT, fail, sound_url
from shared.errors import Refused

TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
T = TypeVar("T")

parked = typer.Typer(
    no_args_is_help=True,
    help="Records that wait for a person, and why. Their content is sealed and never shown.",
)

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        envvar="TIREK_DATABASE_URL",
        help="One service's database. Left out: all services, at TIREK_POSTGRES with the "
        "passwords of TIREK_SECRETS, or of the running demo.",
    ),
]
Service = Annotated[str | None, typer.Option(help=f"One of {', '.join(SERVICES)}. Left out: all.")]
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="See `tirek parked list`.")]


def at_desks(
    database_url: str | None,
    service: str | None,
    act: Callable[[Sequence[Desk]], Coroutine[Any, Any, T]],
) -> T:
    """Does something with one service's parked records, or all's; what fails is one line."""
    if service is not None and service not in SERVICES:
        raise fail(f"no service {service}: one of {', '.join(SERVICES)}")
    if database_url is not None:
        url = sound_url(database_url, "TIREK_DATABASE_URL")
        places: list[tuple[str, str | None]] = [(url, service)]
    else:
        all_of_them = running_demo.databases().items()
        places = [(dsn, name) for name, dsn in all_of_them if service in (None, name)]

    async def opened() -> T:
        async with AsyncExitStack() as stack:
            desks = [await stack.enter_async_context(parked_desk.desk(*each)) for each in places]
            return await act(desks)

    try:
        return asyncio.run(opened())
    except Refused as problem:
        raise fail(str(problem)) from None
    except TROUBLE as problem:
        raise fail(f"the database does not answer: {type(problem).__name__}") from None


async def the_one(desks: Sequence[Desk], row_id: int) -> tuple[Desk, asyncpg.Record]:
    """The record of that number; ends the command if there is none, or one each at several."""
    rows = [(at, await at.find(row_id)) for at in desks]
    found = [(at, row) for at, row in rows if row is not None]
    if not found:
        raise fail(f"no record {row_id} at {', '.join(at.service for at in desks)}")
    if len(found) > 1:
        names = " and ".join(at.service for at, _ in found)
        raise fail(f"there is a record {row_id} at {names}: say which with --service")
    return found[0]


@parked.command("list")
def listed(
    database_url: DatabaseUrl = None,
    service: Service = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many each.")] = 100,
    dropped: Annotated[
        bool, typer.Option("--dropped", help="Those that were given up for good instead.")
    ] = False,
    apart: Annotated[
        bool,
        typer.Option("--apart", help="Those that nothing proves to be their service's instead."),
    ] = False,
) -> None:
    """Show what is parked, oldest first."""

    async def rows(desks: Sequence[Desk]) -> list[tuple[str, Sequence[asyncpg.Record]]]:
        return [(at.service, await at.rows(limit, dropped=dropped, apart=apart)) for at in desks]

    times = ("dropped", "because") if dropped else ("since", "tries", "reason")
    table = Table("service", "id", "topic", "partition", "offset", *times)
    found = at_desks(database_url, service, rows)
    for name, row in ((name, row) for name, some in found for row in some):
        place = [str(row[each]) for each in ("id", "topic", "partition", "offset")]
        if dropped:
            rest = [f"{row['dropped_at']:%Y-%m-%d %H:%M:%S} UTC", row["dropped_because"]]
        else:
            rest = [f"{row['parked_at']:%Y-%m-%d %H:%M:%S} UTC", str(row["tries"]), row["reason"]]
        table.add_row(name, *place, *map(escape, rest))
    if not table.row_count:
        OUT.print("Nothing was dropped." if dropped else "Nothing is parked.")
        return
    OUT.print(table)
    for name, some in found:
        if some and (more := some[0]["of_so_many"] - len(some)):
            OUT.print(f"{more} more at {name}: see --limit")


@parked.command()
def show(
    number: Number,
    database_url: DatabaseUrl = None,
    service: Service = None,
    secrets: Annotated[
        Path,
        typer.Option(envvar="TIREK_SECRETS", help="Key files, to see whether the record opens."),
    ] = running_demo.SECRETS,
) -> None:
    """Show what one record is, what became of it, and whether it opens: never its content."""

    async def lines(desks: Sequence[Desk]) -> list[tuple[str, str]]:
        at, row = await the_one(desks, number)
        return shown(at.service, row, await at.place(row), secrets)

    table = Table(show_header=False, box=None)
    for name, text in at_desks(database_url, service, lines):
        table.add_row(name, escape(text))
    OUT.print(table)


@parked.command()
def drop(
    number: Number,
    because: Annotated[str, typer.Option(help="Why, for those who come after you. No names.")],
    database_url: DatabaseUrl = None,
    service: Service = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
) -> None:
    """Give one record up for good: its event will have no effect here.

    The record is kept, with the reason and the time. Later records of its key no longer wait for
    it: redrive them. `tirek parked keep` undoes it.
    """

    async def dropped(desks: Sequence[Desk]) -> tuple[str, int]:
        at, row = await the_one(desks, number)
        what = f"record {number} of {at.service} ({row['reason']})"
        if not yes and not typer.confirm(f"Give up {what} for good?"):
            raise fail("nothing was changed")
        return at.service, await at.drop(row, because)

    name, behind = at_desks(database_url, service, dropped)
    undo = f"`tirek parked keep {number} --service {name}` undoes it"
    OUT.print(f"{name}: record {number} dropped; {undo}", soft_wrap=True)
    if behind:
        again = f"`tirek parked redrive --key-of {number} --service {name}`"
        OUT.print(f"parked behind it: {behind}; {again}", soft_wrap=True)


@parked.command()
def keep(number: Number, database_url: DatabaseUrl = None, service: Service = None) -> None:
    """Undo a drop: the record is parked again, and can be redriven."""

    async def kept(desks: Sequence[Desk]) -> tuple[str, int]:
        at, row = await the_one(desks, number)
        return at.service, await at.keep(row)

    name, since = at_desks(database_url, service, kept)
    again = f"`tirek parked redrive --key-of {number} --service {name}`"
    OUT.print(f"{name}: record {number} is parked again: {again}", soft_wrap=True)
    if since:
        OUT.print(f"of its key handled since then: {since}; it will come after them")
