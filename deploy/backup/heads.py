"""Migrations as a backup knows them, and as the code does: nothing newer than the code goes in."""

from collections.abc import Mapping
from pathlib import Path

import asyncpg

from deploy.backup.errors import BackupError
from deploy.topology import SCHEMAS, SERVICES
from shared.runtime import revisions

ROOT = Path(__file__).parents[2]
MIGRATIONS: dict[str, Path] = {
    **{name: ROOT / "services" / name / "migrations" for name in SERVICES},
    "keys": ROOT / "services" / "intake" / "keystore_migrations",
}
"""By schema."""
THERE = "SELECT to_regclass($1) IS NOT NULL"


async def of_database(connection: asyncpg.Connection, database: str) -> dict[str, str]:
    """By schema of this database, its newest migration; schemas that have none are left out."""
    heads: dict[str, str] = {}
    for schema in (each.name for each in SCHEMAS if each.database == database):
        if await connection.fetchval(THERE, f"{schema}.alembic_version"):
            heads[schema] = await connection.fetchval(
                f"SELECT version_num FROM {schema}.alembic_version"
            )
    return heads


def newest(schema: str) -> str:
    """The newest migration in the code."""
    return revisions.head(MIGRATIONS[schema])


def required_known(heads: Mapping[str, str]) -> list[str]:
    """Which schemas are older than the code; raises `BackupError` if one is newer."""
    older: list[str] = []
    for schema, revision in heads.items():
        if schema not in MIGRATIONS:
            raise BackupError(f"it holds a schema {schema} that this release does not know")
        if revision not in revisions.known(MIGRATIONS[schema]):
            raise BackupError(
                f"{schema} was at migration {revision} and this release knows none beyond "
                f"{newest(schema)}: restore with the release that made it, or a later one"
            )
        if revision != newest(schema):
            older.append(schema)
    return older
