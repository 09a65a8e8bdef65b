"""``python -m deploy.containers.provision``: roles, databases and schemas; harmless to repeat."""

import asyncio
import json
import sys
from pathlib import Path

import asyncpg

from deploy.containers.facts import DATABASE_PORT, SECRETS
from deploy.errors import StackError
from deploy.provision import databases
from deploy.topology import ROLES, SUPERUSER
from shared import database_url


async def run(folder: Path, host: str) -> None:
    """``folder`` holds passwords.json. Raises `StackError`, one line."""
    try:
        passwords = json.loads((folder / "passwords.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise StackError(
            f"{folder}/passwords.json cannot be read: run the job secrets"
        ) from problem

    def dsn(database: str) -> str:
        place = f"{host}:{DATABASE_PORT}"
        return database_url.url(SUPERUSER, passwords[SUPERUSER], place, database)

    try:
        await databases.roles(dsn("postgres"), passwords)
        await databases.schemas({name: dsn(name) for name in sorted(set(ROLES.values()))})
    except asyncpg.InvalidPasswordError:
        raise StackError(
            "PostgreSQL's data were made with another password than the one in the secrets: "
            "restore the volume secrets-all that belongs to them"
        ) from None
    except (OSError, asyncpg.PostgresError) as problem:
        raise StackError(f"PostgreSQL refuses: {type(problem).__name__}") from problem


def main() -> int:
    """1 with one line when it cannot."""
    try:
        asyncio.run(run(Path(SECRETS), "postgres"))
    except StackError as problem:
        sys.stderr.write(f"provision: {problem}\n")
        return 1
    sys.stdout.write("provision: roles, databases and schemas are there\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
