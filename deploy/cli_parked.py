"""``tirek parked``: records that could not be handled and wait for a person."""

import asyncio
import os
from typing import Annotated, Any

import asyncpg
import typer
from rich.table import Table

from shared import parked as shelf
from shared.cli import OUT, fail

parked = typer.Typer(no_args_is_help=True, help="Records that wait for a person, and why.")
Dsn = Annotated[
    str | None,
    typer.Option("--database-url", help="The service's database; else TIREK_DATABASE_URL."),
]


@parked.command("list")
def listed(
    database_url: Dsn = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
) -> None:
    """Show what is parked in a service, oldest first: never the content, which is sealed."""
    dsn = database_url or os.environ.get("TIREK_DATABASE_URL")
    if not dsn:
        raise fail("which service? give --database-url or set TIREK_DATABASE_URL")
    try:
        rows = asyncio.run(_rows(dsn, limit))
    except (OSError, asyncpg.PostgresError, TimeoutError) as problem:
        raise fail(f"the database does not answer: {type(problem).__name__}") from None
    if not rows:
        OUT.print("Nothing is parked.")
        return
    table = Table("id", "topic", "partition", "offset", "since", "reason")
    for row in rows:
        place = (str(row[name]) for name in ("id", "topic", "partition", "offset"))
        table.add_row(*place, f"{row['parked_at']:%Y-%m-%d %H:%M:%S}", row["reason"])
    OUT.print(table)


async def _rows(dsn: str, limit: int) -> list[Any]:
    connection = await asyncpg.connect(dsn, timeout=5, command_timeout=10)
    try:
        found: list[Any] = await connection.fetch(shelf.LIST, limit)
        return found
    finally:
        await connection.close()
