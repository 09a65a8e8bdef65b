"""Before a process works: is this its database, and is the schema as new as the code?

A database that does not answer is no reason to stop: the process waits for it, and says so.
"""

import asyncio
from pathlib import Path

import asyncpg
from alembic.util import CommandError

from shared import migrate
from shared.settings import Settings, SettingsError

_WRONG = (
    asyncpg.InvalidAuthorizationSpecificationError,  # the password's error is one of them
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)
_NOT_NOW = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_AT = "SELECT version_num FROM alembic_version"


def check(settings: Settings, migrations: Path) -> None:
    """Raises `SettingsError`, one line with what to do, when it can never work as it is."""
    at = asyncio.run(_revision(settings))
    if at is None:
        return
    needed = migrate.head(migrations)
    if at != needed and (not at or _knows(migrations, at)):
        raise SettingsError(
            f"the schema of {settings.SERVICE} is at {at or 'nothing'} and this release needs "
            f"{needed}: run `python -m services.{settings.SERVICE} migrate`"
        )


async def _revision(settings: Settings) -> str | None:
    """Of the schema; empty where nothing was ever migrated, none if it cannot be known now."""
    dsn = settings.database_url.get_secret_value()
    try:
        connection = await asyncpg.connect(dsn, timeout=settings.connect_timeout)
    except ValueError:
        raise SettingsError("TIREK_DATABASE_URL: this is no address of a database") from None
    except _WRONG as problem:
        raise SettingsError(
            f"TIREK_DATABASE_URL: the database refuses it ({type(problem).__name__}): "
            "is it another's, or was the password changed?"
        ) from None
    except _NOT_NOW:
        return None
    try:
        return str(await connection.fetchval(_AT, timeout=settings.command_timeout) or "")
    except asyncpg.UndefinedTableError:
        return ""
    except _NOT_NOW:
        return None
    finally:
        connection.terminate()


def _knows(migrations: Path, revision: str) -> bool:
    """A revision that the code does not know is newer: the release before runs on it."""
    try:
        migrate.has(migrations, revision)
    except CommandError:
        return False
    return True
