"""Nothing sealed lies where `tirek keys retire` would not look, in a Tirek that is used."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import asyncpg
from typer.testing import CliRunner

from deploy.cli.keys import keys
from deploy.operations.key_use import COLUMNS
from deploy.topology import SERVICES
from shared.key_files import unb64
from tests.support.eventually import eventually
from tests.support.town import Town

EXCLUDES = "03-officer-of-the-station"
MAY_HOLD = """
SELECT table_schema AS schema, table_name AS table, column_name AS column, data_type AS type
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = ANY ($1) AND table_type = 'BASE TABLE'
AND data_type IN ('text', 'bytea', 'json', 'jsonb', 'ARRAY', 'character varying')
"""
BLOBS = "SELECT excluded_people FROM messages WHERE excluded_people IS NOT NULL"
PARKED = " UNION ALL ".join(
    f"SELECT id FROM {service}.parked WHERE redriven_at IS NULL" for service in SERVICES
)


async def columns(database: asyncpg.Connection) -> list[asyncpg.Record]:
    """Every column of a service that could hold a sealed document."""
    found: list[asyncpg.Record] = await database.fetch(MAY_HOLD, list(SERVICES))
    return found


async def holds_sealed(database: asyncpg.Connection, column: asyncpg.Record) -> bool:
    """Whether some row does."""
    place = f"{column['schema']}.{column['table']}"
    value = f'"{column["column"]}"'
    text = f"encode({value}, 'escape')" if column["type"] == "bytea" else f"{value}::text"
    found: bool = await database.fetchval(
        f"SELECT EXISTS (SELECT FROM {place} WHERE position('encrypted_key' in {text}) > 0)"
    )
    return found


def named(all_columns: Iterable[asyncpg.Record]) -> set[str]:
    """As `SealedColumn.name` has them."""
    return {f"{each['schema']}.{each['table']}.{each['column']}" for each in all_columns}


def keys_of(blob: str) -> set[str]:
    """Which keys a sealed document names."""
    jwe: dict[str, Any] = json.loads(blob)
    readers = {each["header"]["kid"] for each in jwe["recipients"]}
    return {json.loads(unb64(jwe["protected"]))["skid"], *readers}


async def queued(whole: Town, incident: str) -> list[str]:
    """The sealed lists that go with the messages of an incident."""
    database = await asyncpg.connect(whole.stack.superuser("tirek"))
    try:
        await database.execute("SET search_path = notify")
        rows = await database.fetch(f"{BLOBS} AND incident_id = $1", incident)
    finally:
        await database.close()
    return [row["excluded_people"] for row in rows]


async def test_every_column_that_holds_what_is_sealed_is_looked_through(whole: Town) -> None:
    """By name in the schemas, and by content after an incident with excluded people."""
    incident = await whole.report(EXCLUDES)
    await eventually(lambda: queued(whole, incident), within=40)
    declared = {each.name for each in COLUMNS}
    database = await asyncpg.connect(whole.stack.superuser("tirek"))
    try:
        there = await columns(database)
        found = named([each for each in there if await holds_sealed(database, each)])
    finally:
        await database.close()
    assert len(named(there)) > 50
    assert declared <= named(there)
    assert found <= declared
    plumbing = ("document", "value", "sealed")  # the last: of texts, and nobody has sent one
    empty = {each.name for each in COLUMNS if each.column in plumbing}
    empty.add("notify.exclusions.excluded_people")  # of who is excluded late, and nobody was
    assert declared - found <= empty
    places = {("outbox", "document"), ("parked", "value")}
    places |= {("texts_unread", "sealed"), ("reply_parts", "sealed")}
    alike = [
        each
        for each in there
        if each["column"] == "excluded_people" or (each["table"], each["column"]) in places
    ]
    assert named(alike) == declared


async def test_a_tirek_that_is_used_goes_on_while_every_key_is_changed(whole: Town) -> None:
    """No process is restarted: what is reported afterwards goes by the new keys alone."""
    environment = {"TIREK_SECRETS": str(whole.stack.state / "secrets")}
    pids = {name: part.pid for name, part in whole.stack.parts.items()}
    for service in SERVICES:
        result = await asyncio.to_thread(
            CliRunner().invoke, keys, ["rotate", service], env=environment
        )
        assert f"{service}.2: in use" in result.output

    async def goes_by_the_new() -> bool:
        incident = await whole.report(EXCLUDES)
        blobs = await eventually(lambda: queued(whole, incident), within=40)
        return all(keys_of(each) == {"intake.2", "notify.2"} for each in blobs)

    await eventually(goes_by_the_new, within=40)
    assert {name: part.pid for name, part in whole.stack.parts.items()} == pids
    database = await asyncpg.connect(whole.stack.superuser("tirek"))
    try:
        assert await database.fetch(PARKED) == []
    finally:
        await database.close()
