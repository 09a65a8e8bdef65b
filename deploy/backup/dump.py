"""One database at one moment, into a sealed file; whoever works on it is not held up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from deploy.backup.frames import END, MANIFEST, ROWS, TABLE, Write, frame
from deploy.topology import CLOCK, SCHEMAS

TABLES = """
SELECT c.relname AS name, array_agg(a.attname ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.relname ORDER BY c.relname
"""
SEQUENCES = "SELECT sequencename AS name, last_value FROM pg_sequences WHERE schemaname = $1"
HEAD = "SELECT version_num FROM {}.alembic_version"
Say = Callable[[str], None]


@dataclass(slots=True)
class Count:
    """What was copied. ``at`` is the moment that all of it is of."""

    at: datetime
    tables: int = 0
    rows: dict[str, int] = field(default_factory=dict)


def schemas_of(database: str) -> list[str]:
    """The schemas of ours in a database, the clock's too."""
    return [each.name for each in (*SCHEMAS, CLOCK) if each.database == database]


async def dump(dsn: str, database: str, write: Write, say: Say) -> Count:
    """Everything in a database of ours as of one moment. ``dsn`` is a superuser's.

    One snapshot: an outbox, an inbox and the state that they belong to are never apart.
    """
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            at = await connection.fetchval("SELECT clock_timestamp()")
            count = Count(at)
            manifest: dict[str, Any] = {"database": database, "at": at.isoformat(), "schemas": {}}
            for schema in schemas_of(database):
                manifest["schemas"][schema] = await _described(connection, schema)
            frame(write, MANIFEST, manifest)
            for schema, described in manifest["schemas"].items():
                for name, columns in described["tables"].items():
                    say(f"{schema}.{name}")
                    frame(write, TABLE, {"schema": schema, "name": name})
                    sink = _Sink(write)
                    status = await connection.copy_from_table(
                        name,
                        schema_name=schema,
                        columns=columns,
                        output=sink.put,
                        format="binary",
                    )
                    if sink.problem is not None:
                        raise sink.problem
                    count.tables += 1
                    count.rows[f"{schema}.{name}"] = int(status.split()[-1])
            frame(write, END, {"rows": count.rows})
            return count
    finally:
        await connection.close()


async def _described(connection: asyncpg.Connection, schema: str) -> dict[str, Any]:
    tables = await connection.fetch(TABLES, schema)
    sequences = await connection.fetch(SEQUENCES, schema)
    migrated = schema != CLOCK.name
    return {
        "head": await connection.fetchval(HEAD.format(schema)) if migrated else None,
        "tables": {row["name"]: list(row["columns"]) for row in tables},
        "sequences": {row["name"]: row["last_value"] for row in sequences},
    }


class _Sink:
    """Takes rows. A failure waits for the end: asyncpg would wait for it without end in between."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self.problem: Exception | None = None

    async def put(self, chunk: bytes) -> None:
        """A piece of the copy."""
        if self.problem is None:
            try:
                frame(self._write, ROWS, bytes(chunk))
            except Exception as problem:  # noqa: BLE001 - raised when the copy is over
                self.problem = problem
