"""``tirek texts``: what came by SMS in letters that nobody knew."""

import asyncio
from typing import Annotated

import asyncpg
import typer
from rich.markup import escape
from rich.table import Table

from deploy.cli.keys import Postgres, Secrets
from deploy.operations import running_demo, unread_texts
from shared.cli import OUT, fail
from shared.key_files import KeyFileError

TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


def texts(
    secrets: Secrets = running_demo.SECRETS,
    postgres: Postgres = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 20,
) -> None:
    """Show texts that came in letters nobody knew, as each alphabet would read them.

    It shows numbers and words of people: for whoever has every secret, and never in a log. Where
    one reading makes sense, ask the provider and put `alphabet=` in its URL.
    """
    dsn = running_demo.databases(secrets, postgres)[unread_texts.SERVICE]
    try:
        found = asyncio.run(unread_texts.unread(dsn, secrets, limit))
    except KeyFileError as problem:
        raise fail(str(problem)) from None
    except TROUBLE as problem:
        raise fail(f"the database does not answer: {type(problem).__name__}") from None
    if not found:
        OUT.print("No text is unread.")
        return
    table = Table("received", "from", "data_coding", "if it is", "it says")
    for text in found:
        head = [f"{text.received_at:%Y-%m-%d %H:%M:%S} UTC", text.sender or "its key is gone"]
        head.append(str(text.data_coding))
        for alphabet, said in text.readings():
            table.add_row(*map(escape, head), alphabet, escape(said))
            head = ["", "", ""]
        table.add_section()
    OUT.print(table)
