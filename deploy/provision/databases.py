"""Databases with their roles, schemas and the clock's table, from the topology; safe to repeat."""

from collections.abc import Mapping

import asyncpg

from deploy.errors import StackError
from deploy.topology import CLOCK, ROLE_SETTINGS, ROLES, SCHEMAS

_LOGIN = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS {name} AUTHORIZATION {owner};
GRANT USAGE ON SCHEMA {name} TO {role};
ALTER ROLE {owner} IN DATABASE {database} SET search_path = {name};
ALTER ROLE {role} IN DATABASE {database} SET search_path = {name};
"""
_CLOCK = """
CREATE TABLE IF NOT EXISTS {name}.turned (
    "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
    by interval NOT NULL DEFAULT '0'
);
ALTER TABLE {name}.turned OWNER TO {owner};
INSERT INTO {name}.turned DEFAULT VALUES ON CONFLICT DO NOTHING;
"""
_READS_CLOCK = "GRANT USAGE ON SCHEMA {name} TO {role}; GRANT SELECT ON {name}.turned TO {role};"
_QUIET = "SET log_min_error_statement = panic"
"""A statement that holds a password must not reach the log, even if it fails."""


async def roles(superuser: str, passwords: Mapping[str, str]) -> None:
    """Every role with its password and limits, every database; each role enters its own alone."""
    connection = await asyncpg.connect(superuser, timeout=5, command_timeout=20)
    try:
        await connection.execute(_QUIET)
        known = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            verb = "ALTER" if role in known else "CREATE"
            await connection.execute(
                f"{verb} ROLE {role} {_LOGIN} PASSWORD '{_literal(passwords[role])}'"
            )
        for role in {schema.role for schema in SCHEMAS}:
            for name, value in ROLE_SETTINGS.items():
                await connection.execute(f"ALTER ROLE {role} SET {name} = '{value}'")
        there = {
            row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")
        }
        for database in sorted(set(ROLES.values()) - there):
            await connection.execute(f"CREATE DATABASE {database}")
        for database in (*sorted(set(ROLES.values())), "postgres", "template1"):
            await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        for role, database in ROLES.items():
            await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")
    finally:
        await connection.close()


async def schemas(superuser_of: Mapping[str, str]) -> None:
    """Schemas with owner and user, and the clock. ``superuser_of``: a DSN for each database."""
    for database, dsn in superuser_of.items():
        connection = await asyncpg.connect(dsn, timeout=5, command_timeout=20)
        try:
            async with connection.transaction():
                await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
                for schema in (*SCHEMAS, CLOCK):
                    if schema.database == database:
                        await connection.execute(
                            _SCHEMA.format_map(
                                {name: getattr(schema, name) for name in schema.__slots__}
                            )
                        )
                if database == CLOCK.database:
                    await _clock(connection)
        finally:
            await connection.close()


async def _clock(connection: asyncpg.Connection) -> None:
    await connection.execute(_CLOCK.format(name=CLOCK.name, owner=CLOCK.owner))
    for schema in SCHEMAS:
        if schema.database == CLOCK.database:
            await connection.execute(_READS_CLOCK.format(name=CLOCK.name, role=schema.role))


def _literal(password: str) -> str:
    if not password.isalnum():
        raise StackError("passwords.json holds a password that we did not make: remove it")
    return password
