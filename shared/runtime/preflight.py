"""Before a process works: is this its database, and is the schema as new as the code?

A database that does not answer is no reason to stop: the process waits for it, and says so.
"""

import asyncio
from pathlib import Path

import asyncpg

from shared.runtime import revisions
from shared.settings import Settings, SettingsError

_WRONG = (
    asyncpg.InvalidAuthorizationSpecificationError,  # the password's error is one of them
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)
_NOT_NOW = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_PATIENCE, _TIMEOUT = 10.0, 10.0
"""Seconds for a connection, and for an answer."""
_AT = "SELECT version_num FROM alembic_version"


def check(settings: Settings, migrations: Path) -> None:
    """Raises `SettingsError`, one line with what to do, when it can never work as it is."""
    dsn = settings.database_url.get_secret_value()
    at = asyncio.run(revision(dsn, "TIREK_DATABASE_URL", settings.connect_timeout))
    if at is None:
        return
    needed = revisions.head(migrations)
    # one that the code does not know is newer: the release before runs on it
    if at != needed and (not at or at in revisions.known(migrations)):
        raise SettingsError(
            f"the schema of {settings.SERVICE} is at {at or 'nothing'} and this release needs "
            f"{needed}: run `python -m services.{settings.SERVICE} migrate`"
        )


async def revision(dsn: str, key: str, patience: float = _PATIENCE) -> str | None:
    """Of the schema; empty where nothing was ever migrated, none if it cannot be known now.

    ``key`` names the setting that holds the address, in the `SettingsError` if it can never work.
    """
    try:
        connection = await asyncpg.connect(dsn, timeout=patience)
    except ValueError:
        raise SettingsError(f"{key}: this is no address of a database") from None
    except _WRONG as problem:
        raise SettingsError(
            f"{key}: the database refuses it ({type(problem).__name__}): "
            "is it another's, or was the password changed?"
        ) from None
    except _NOT_NOW:
        return None
    try:
        return str(await connection.fetchval(_AT, timeout=_TIMEOUT) or "")
    except asyncpg.UndefinedTableError:
        return ""
    except _NOT_NOW:
        return None
    finally:
        connection.terminate()
