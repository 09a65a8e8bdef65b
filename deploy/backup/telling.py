"""A restored service says so: the first event behind those of the backup, numbered and proven as
every other. Whoever heard later ones knows from it which numbers are given out a second time."""

from pathlib import Path

import asyncpg

from deploy.backup.files import Manifest
from shared.db import Tx
from shared.events.restores import ServiceRestored
from shared.ids import RandomIds
from shared.key_files import KeyFileError
from shared.macs import FILE, Macs

BEARS_MACS = """
SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'outbox'::regclass AND attname = 'mac')
"""
NEXT = "SELECT coalesce(max(producer_seq), 0) + 1 FROM outbox"


async def speaking(
    data: asyncpg.Connection, begun: asyncpg.Record, service: str, secrets: Path
) -> Tx | None:
    """The transaction that has ``begun``, with the service's schema in hand, as its own: what it
    emits is proven. None without a key of its outbox here, or from a release before there were any.
    """
    if not await data.fetchval(BEARS_MACS):
        return None
    try:
        return Tx(data, begun, service, RandomIds(), Macs(secrets / service / FILE))
    except KeyFileError:
        return None


async def tell(tx: Tx, service: str, backup: Manifest) -> None:
    """Says from which number it goes on."""
    number: int = await tx.fetchval(NEXT)
    body = ServiceRestored(
        service=service, backup=backup.backup, backup_at=backup.at, goes_on_from=number
    )
    tx.emit(body, subject=service, version=number)
