"""Before a process works: is this its database, and is the schema as new as the code?

A database that does not answer is no reason to stop: the process waits for it, and says so.
"""

import asyncio
import ssl
from pathlib import Path

import asyncpg

from shared import database_url
from shared.runtime import revisions
from shared.settings import Settings, SettingsError

_NOT_NOW = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_NO_ADDRESS = (ValueError, TypeError, OverflowError)
_REFUSED = (
    asyncpg.InvalidAuthorizationSpecificationError,  # the password's error is one of them
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)
_STRANGE = (
    asyncpg.SyntaxOrAccessError,  # class 42: a parameter that the server does not know
    asyncpg.DataError,  # class 22: or a value that it does not take
    asyncpg.CantChangeRuntimeParamError,
)
_NEVER: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((ssl.SSLError,), "no TLS with the database ({}): see sslmode and sslrootcert"),
    (
        _REFUSED,
        "the database refuses it ({}): is it another's, or was the password changed?",
    ),
    (_STRANGE, "the database does not take a parameter behind the ? ({})"),
    (_NO_ADDRESS, database_url.NO_ADDRESS),
)
"""Failures that come again each time, the more special first, and what a person is told."""
_NO_TLS = "rejected SSL upgrade"
"""asyncpg's words, in a plain `ConnectionError`, of a server that has none."""
_PATIENCE, _TIMEOUT = 10.0, 10.0
"""Seconds for a connection, and for an answer."""
_AT = "SELECT version_num FROM alembic_version"


def check(settings: Settings, migrations: Path) -> None:
    """Raises `SettingsError`, one line with what to do, when it can never work as it is."""
    at, *_ = asyncio.run(_looks(settings))
    if at is None:
        return
    needed = revisions.head(migrations)
    # one that the code does not know is newer: the release before runs on it
    if at != needed and (not at or at in revisions.known(migrations)):
        raise SettingsError(
            f"the schema of {settings.SERVICE} is at {at or 'nothing'} and this release needs "
            f"{needed}: run `python -m services.{settings.SERVICE} migrate`"
        )


async def _looks(settings: Settings) -> list[str | None]:
    """The revision of each database that the service works with, its own first."""
    urls = settings.database_urls().items()
    looks = [revision(url, key, settings.connect_timeout) for key, url in urls]
    return await asyncio.gather(*looks)


async def revision(dsn: str, key: str, patience: float = _PATIENCE) -> str | None:
    """Of the schema; empty where nothing was ever migrated, none if it cannot be known now.

    ``key`` names the setting that holds the address, in the `SettingsError` if it can never work.
    """
    database_url.check(dsn, key)
    try:
        connection = await asyncpg.connect(dsn, timeout=patience)
    except (*_NOT_NOW, *_NO_ADDRESS) as problem:
        if told := _never(problem):
            raise SettingsError(f"{key}: {told}") from None
        return None
    try:
        return str(await connection.fetchval(_AT, timeout=_TIMEOUT) or "")
    except asyncpg.UndefinedTableError:
        return ""
    except _NOT_NOW:
        return None
    finally:
        connection.terminate()


def _never(problem: Exception) -> str:
    """Why it can never work, if so; never in the words of a library, which may quote a secret."""
    if _NO_TLS in str(problem):
        return "the database has no TLS, which sslmode asks for"
    found = (told for kinds, told in _NEVER if isinstance(problem, kinds))
    return next(found, "").format(type(problem).__name__)
