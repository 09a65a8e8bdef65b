"""``tirek parked``: records that could not be handled and wait for a person."""

import asyncio
from typing import Annotated, Any

import asyncpg
import typer
from rich.table import Table

from deploy import running_demo
from shared import parked as shelf
from shared.cli import OUT, fail

TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

parked = typer.Typer(no_args_is_help=True, help="Records that wait for a person, and why.")


@parked.command("list")
def listed(
    database_url: Annotated[
        str | None,
        typer.Option(
            envvar="TIREK_DATABASE_URL",
            help="One service's database. Left out: all services of the running demo.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many each.")] = 100,
) -> None:
    """Show what is parked, oldest first: never the content, which is sealed."""
    table = Table("service", "id", "topic", "partition", "offset", "since", "reason")
    for service, dsn in ({"": database_url} if database_url else running_demo.databases()).items():
        try:
            rows = asyncio.run(_rows(dsn, limit))
        except TROUBLE as problem:
            raise fail(f"the database does not answer: {type(problem).__name__}") from None
        for row in rows:
            place = (str(row[name]) for name in ("id", "topic", "partition", "offset"))
            since = f"{row['parked_at']:%Y-%m-%d %H:%M:%S}"
            table.add_row(service, *place, since, row["reason"])
    if not table.row_count:
        OUT.print("Nothing is parked.")
        return
    OUT.print(table)


async def _rows(dsn: str, limit: int) -> list[Any]:
    connection = await asyncpg.connect(dsn, timeout=5, command_timeout=10)
    try:
        found: list[Any] = await connection.fetch(shelf.LIST, limit)
        return found
    finally:
        await connection.close()
