"""Sealing again, where it stands, what is kept too long to wait for its end before a key retires.

Who may not be told of a case stays sealed with it for years. It is opened with its reader's key and
sealed by the same producer for the same reader, with the keys in use now.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import asyncpg

from deploy.operations.key_use import COLUMNS, SealedColumn, Told, rings
from deploy.operations.sealing_keys import Refused
from deploy.operations.service_database import as_system
from deploy.topology import SERVICES
from shared.errors import TirekError
from shared.key_files import generation, unb64
from shared.security import keyring
from shared.security.sealing import Sealer

PAGE = 500


class Again:
    """Seals values that name a key again. Raises `KeyFileError` without every service's keys."""

    def __init__(self, kid: str, folder: Path) -> None:
        self._kid = kid
        self._opens = {service: Sealer(ring) for service, ring in rings(folder).items()}
        self._seals = {each: Sealer(keyring.read(each, folder / each)) for each in SERVICES}
        self.value = lru_cache(maxsize=1000)(self._value)
        """The value to stand there: one is often in many rows."""

    def _value(self, before: str) -> str:
        try:
            jwe = json.loads(before)
            producer = json.loads(unb64(jwe["protected"]))["skid"]
            kids = [each["header"]["kid"] for each in jwe["recipients"]]
            if self._kid not in (producer, *kids):
                return before
            readers = [generation(kid)[0] for kid in kids]
            aad = unb64(jwe["aad"]) if "aad" in jwe else b""
            by = generation(producer)[0]
            seals = self._seals[by]
        except (ValueError, KeyError, TypeError, AttributeError):
            return before  # damaged: nobody can open it
        plain = self._opens[readers[0]].open(before.encode(), aad, by=by)
        return seals.seal(plain, readers, aad).decode()


async def reseal(again: Again, databases: Mapping[str, str], told: Told) -> int:
    """Answers how many rows were changed. Safe to repeat, and while the services run.

    Raises `Refused` for what cannot be opened, and what asyncpg does.
    """
    count = 0
    for column in COLUMNS:
        if column.again and column.service in databases:
            dsn = databases[column.service]
            async with as_system(dsn) as connection:
                count += await _column(again, connection, column, told)
    return count


async def _column(
    again: Again, connection: asyncpg.Connection, column: SealedColumn, told: Told
) -> int:
    table, key, name = column.table, column.key, column.column
    total = await connection.fetchval(f"SELECT count({name}) FROM {table}")
    page = f"""
    SELECT {key} AS key, {name} AS before FROM {table}
    WHERE {name} IS NOT NULL AND {key} > $1 ORDER BY {key} LIMIT {PAGE}
    """
    # a row that was changed meanwhile keeps what it has now
    change = f"""
    UPDATE {table} SET {name} = new.after
    FROM unnest($1::text[], $2::text[], $3::text[]) AS new(key, before, after)
    WHERE {table}.{key} = new.key AND {table}.{name} = new.before
    """
    last, done, count = "", 0, 0
    while rows := await connection.fetch(page, last):
        found = [(row["key"], row["before"], _after(again, column, row)) for row in rows]
        changed = [each for each in found if each[1] != each[2]]
        if changed:
            tag = await connection.execute(change, *map(list, zip(*changed, strict=True)))
            count += int(tag.rpartition(" ")[2])
        last, done = rows[-1]["key"], done + len(rows)
        told(column.name, done, max(done, total))
    return count


def _after(again: Again, column: SealedColumn, row: asyncpg.Record) -> str:
    try:
        return again.value(row["before"])
    except (TirekError, KeyError) as problem:
        raise Refused(f"{column.name}: row {row['key']} cannot be opened here: {problem}") from None
