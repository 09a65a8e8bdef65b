"""What still needs a sealing key: records on the topics, parked records, sealed columns at rest.

A sealed document names its keys on its outside. What is sealed inside another one (the excluded
people travel so) shows only when that is opened, so everything is looked into with the keys of this
machine, in memory; what cannot be looked into counts as needing the key.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from deploy.operations import sealing_keys
from deploy.operations.service_database import as_system
from deploy.topology import SERVICES
from shared.bus.retention import OUTBOX_KEPT
from shared.key_files import generation, read_jwks, unb64
from shared.security.keyring import PUBLIC_FILE, Keyring
from shared.security.sealing import CannotOpen, Sealer

Told = Callable[[str, int, int], None]
"""Told of progress: the place, how much of it has been looked at, how much there is."""
PAGE = 1000
UNREADABLE = "cannot be looked into with the keys on this machine"


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column whose values are sealed documents, or hold some.

    ``key`` names its rows. ``waits`` is the SQL condition of a row that may still be read.
    ``since`` is the column its keeping is counted from and ``kept`` how long that is; without
    them the row stays until what ``until`` says. ``again``: may be sealed again where it stands.
    """

    service: str
    table: str
    column: str
    key: str
    until: str
    again: bool = False
    waits: str = "true"
    since: str | None = None
    kept: timedelta | None = None

    @property
    def name(self) -> str:
        """As a person finds it."""
        return f"{self.service}.{self.table}.{self.column}"


COLUMNS: tuple[SealedColumn, ...] = (
    *(
        SealedColumn(
            service, "outbox", "document", "id", "14 days after it was published",
            since="published_at", kept=OUTBOX_KEPT,
        )
        for service in SERVICES
    ),
    *(
        SealedColumn(
            service, "parked", "value", "id", "it is redriven or dropped: see `tirek parked list`",
            waits="redriven_at IS NULL AND dropped_at IS NULL AND proven",
        )
        for service in SERVICES
    ),
    *(
        SealedColumn(service, table, "excluded_people", key, "it is sealed again", again=True)
        for service, table, key in (
            ("referral", "service_request", "id"),
            ("notify", "offers", "offer_id"),
            ("notify", "messages", "message_id"),
            ("notify", "exclusions", "incident_id"),
        )
    ),
    SealedColumn("notify", "texts_unread", "sealed", "text_id", "it is sealed again", again=True),
    SealedColumn(
        "notify", "reply_parts", "sealed", "part_id", "ten minutes after it came",
        since="received_at", kept=timedelta(minutes=11),
    ),
)  # fmt: skip
"""Every column of every service that holds what is sealed. A test compares it with the schemas."""


@dataclass(slots=True)
class Tally:
    """Counts what one place holds. ``kept``: how long each thing stays after its own time."""

    where: str
    kept: timedelta | None
    until: str
    needing: int = 0
    unreadable: int = 0
    last: datetime | None = None
    open_ended: bool = False

    def add(self, needs: bool | None, since: datetime | None) -> None:
        """One more; ``since`` is its own time."""
        if needs is False:
            return
        self.needing += needs is True
        self.unreadable += needs is None
        if since is None:
            self.open_ended = True
        else:
            self.last = max(self.last or since, since)

    def needs(self) -> list["Need"]:
        """What was found, if anything."""
        until = self.until
        if self.last is not None and self.kept is not None and not self.open_ended:
            until = f"{self.last + self.kept:%Y-%m-%d %H:%M} UTC"
        found = [Need(self.where, self.needing, until)] if self.needing else []
        if self.unreadable:
            found.append(Need(self.where, self.unreadable, until, UNREADABLE))
        return found


@dataclass(frozen=True, slots=True)
class Need:
    """So many things in one place that need a key; ``until`` a time or words for a person."""

    where: str
    count: int
    until: str
    reason: str = ""


class Look:
    """Looks for one key in whatever may be sealed with it, or hold what is."""

    def __init__(self, kid: str, rings: Mapping[str, Keyring]) -> None:
        """``rings``: of each service all keys that are on this machine, retired ones too."""
        self._kid = kid
        self._rings = rings

    def needs(self, value: bytes) -> bool | None:
        """Whether ``value`` needs the key; nothing if that cannot be told."""
        try:
            found = [self._sealed(jwe) for jwe in documents(json.loads(value))]
        except ValueError:
            return False  # nothing of ours, and nobody could open it
        except RecursionError:
            return None
        return True if True in found else None if None in found else False

    def _sealed(self, jwe: dict[str, Any]) -> bool | None:
        try:
            producer = json.loads(unb64(jwe["protected"]))["skid"]
            kids = [each["header"]["kid"] for each in jwe["recipients"]]
            aad = unb64(jwe["aad"]) if "aad" in jwe else b""
            readers = {kid: self._rings.get(generation(kid)[0]) for kid in kids}
        except (ValueError, KeyError, TypeError, AttributeError):
            return False  # damaged: nobody can open it
        if self._kid in (producer, *kids):
            return True
        for kid, ring in readers.items():
            if ring is not None and kid in ring.private and producer in ring.public:
                try:
                    by, sealed = generation(producer)[0], json.dumps(jwe).encode()
                    return self.needs(Sealer(ring).open(sealed, aad, by=by))
                except CannotOpen:
                    return False  # altered: nobody can open it
        return None


def documents(content: Any) -> Iterator[dict[str, Any]]:
    """The sealed documents in decoded JSON, also those that stand in it as text."""
    if isinstance(content, dict):
        if "recipients" in content and "protected" in content:
            yield content
            return
        for each in content.values():
            yield from documents(each)
    elif isinstance(content, list):
        for each in content:
            yield from documents(each)
    elif isinstance(content, str) and content.startswith("{"):
        try:
            yield from documents(json.loads(content))
        except ValueError:
            return


def rings(folder: Path) -> dict[str, Keyring]:
    """All that this machine can open with; raises `KeyFileError`."""
    held = {service: sealing_keys.held(folder, service) for service in SERVICES}
    public = {
        jwk["kid"]: unb64(jwk["x"])
        for service in SERVICES
        for jwk in read_jwks(folder / service / PUBLIC_FILE, needs=("kid", "x"))
    }
    public |= {jwk["kid"]: unb64(jwk["x"]) for keys in held.values() for jwk in keys}
    return {
        service: Keyring(
            service,
            {jwk["kid"]: X25519PrivateKey.from_private_bytes(unb64(jwk["d"])) for jwk in keys},
            public,
        )
        for service, keys in held.items()
        if keys
    }


async def in_columns(look: Look, databases: Mapping[str, str], told: Told) -> list[Need]:
    """What of the databases needs the key. Raises what asyncpg does."""
    needs: list[Need] = []
    for service, dsn in databases.items():
        async with as_system(dsn) as connection:
            for column in COLUMNS:
                if column.service == service:
                    needs += await _in_column(look, connection, column, told)
    return needs


async def _in_column(
    look: Look, connection: asyncpg.Connection, column: SealedColumn, told: Told
) -> list[Need]:
    tally, done = Tally(column.name, column.kept, column.until), 0
    of_rows = f"{column.table} WHERE {column.column} IS NOT NULL AND ({column.waits})"
    total = await connection.fetchval(f"SELECT count(*) FROM {of_rows}")
    query = f"SELECT {column.column} AS value, {column.since or 'NULL'} AS since FROM {of_rows}"
    async with connection.transaction(readonly=True):
        async for row in connection.cursor(query, prefetch=PAGE):
            value = row["value"]
            tally.add(look.needs(value.encode() if isinstance(value, str) else value), row["since"])
            done += 1
            if done % PAGE == 0 or done == total:
                told(column.name, done, total)
    return tally.needs()
