"""Texts that came in letters nobody knew, opened with notify's key."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deploy.operations.key_use import rings
from deploy.operations.service_database import as_system
from shared.errors import Unprocessable
from shared.security.sealing import Sealer

SERVICE = "notify"
READINGS = ("cp1251", "koi8-r", "iso8859-5", "ptcp154", "utf-16-be", "utf-16-le")
ALL = """
SELECT received_at, data_coding, sealed FROM notify.texts_unread ORDER BY received_at DESC LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class UnreadText:
    """One text; ``octets`` as the provider sent them. Without a key that is gone: no sender."""

    received_at: datetime
    data_coding: int
    sender: str
    octets: bytes

    def readings(self) -> Iterator[tuple[str, str]]:
        """What it would be, by alphabets that read all of it."""
        for alphabet in READINGS:
            try:
                yield alphabet, self.octets.decode(alphabet)
            except UnicodeDecodeError:
                continue


async def unread(dsn: str, secrets: Path, limit: int) -> list[UnreadText]:
    """The newest so many; raises `KeyFileError`, and what asyncpg does."""
    sealer = Sealer(rings(secrets)[SERVICE])
    async with as_system(dsn) as connection:
        rows = await connection.fetch(ALL, limit)
    found = []
    for row in rows:
        try:
            said = json.loads(sealer.open(row["sealed"].encode(), by=SERVICE))
        except Unprocessable:
            said = {"sender": "", "octets": ""}
        octets = bytes.fromhex(said["octets"])
        found.append(UnreadText(row["received_at"], row["data_coding"], said["sender"], octets))
    return found
