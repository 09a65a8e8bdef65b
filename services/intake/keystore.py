"""The key store: wrapped data keys in a database of their own, with their own role and dump.

Keys commit first: a crash leaves a key without a person, never a person without a key. Such orphans
are swept. A key is *settled* once its person was seen: the sweep never looks at it again, so that
not even a data backup older than the key store can make it forget somebody.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from services.intake.settings import IntakeSettings
from services.intake.vault import WrappedKey
from shared.db import Database, Tx
from shared.errors import Unavailable
from shared.settings import Environment

KEEP = """
INSERT INTO data_keys (person_id, kid, wrapped, made_at)
SELECT new.person_id, new.kid, new.wrapped, $4
FROM unnest($1::text[], $2::text[], $3::bytea[]) AS new(person_id, kid, wrapped)
"""
FIND = "SELECT person_id, kid, wrapped FROM data_keys WHERE person_id = ANY ($1::text[])"
UNSETTLED = """
SELECT person_id FROM data_keys WHERE NOT settled AND made_at < $1
ORDER BY made_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""
SETTLE = "UPDATE data_keys SET settled = true WHERE person_id = ANY ($1::text[])"
DESTROY = "DELETE FROM data_keys WHERE person_id = ANY ($1::text[])"
FORGET = "DELETE FROM data_keys WHERE person_id = ANY ($1::text[]) AND NOT settled"


class KeyStore:
    """Keeps, finds and sweeps wrapped keys. Every failure of it is `Unavailable`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @classmethod
    def of(cls, settings: IntakeSettings) -> "KeyStore":
        """The key store of the environment; nothing connects yet.

        Its clock is never turned: how old a key is must not depend on a test of deadlines.
        """
        own = settings.model_copy(update={"env": Environment.PROD})
        return cls(Database(own, dsn=settings.keystore_url.get_secret_value()))

    async def keep(self, keys: Sequence[WrappedKey]) -> None:
        """Commits new keys."""
        async with self._transaction() as tx:
            await tx.execute(
                KEEP,
                [key.person_id for key in keys],
                [key.kid for key in keys],
                [key.wrapped for key in keys],
                tx.now,
            )

    async def find(self, person_ids: Iterable[str]) -> dict[str, WrappedKey]:
        """The keys of these people; who was erased has none."""
        async with self._transaction() as tx:
            rows = await tx.fetch(FIND, list(person_ids))
        return {row["person_id"]: WrappedKey(**row) for row in rows}

    async def destroy(self, person_ids: Iterable[str]) -> None:
        """Ends keys for good, settled or not: whatever was sealed under them opens no more."""
        async with self._transaction() as tx:
            await tx.execute(DESTROY, list(person_ids))

    @asynccontextmanager
    async def unsettled(self, older_than: timedelta, limit: int) -> AsyncIterator["Sweep"]:
        """Keys that nobody was seen for yet, locked until the block ends."""
        async with self._transaction() as tx:
            rows = await tx.fetch(UNSETTLED, tx.now - older_than, limit)
            yield Sweep(tx, frozenset(row["person_id"] for row in rows))

    async def close(self) -> None:
        """Gives the connections back."""
        await self._db.close()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Tx]:
        try:
            async with self._db.transaction() as tx:
                yield tx
        except Unavailable as problem:
            raise Unavailable("key store") from problem


class Sweep:
    """Some unsettled keys, and what becomes of them."""

    def __init__(self, tx: Tx, person_ids: frozenset[str]) -> None:
        self._tx = tx
        self.person_ids = person_ids

    async def settle(self, living: Iterable[str]) -> int:
        """Settles the keys of ``living`` and forgets the others; answers how many it forgot."""
        known = self.person_ids.intersection(living)
        await self._tx.execute(SETTLE, sorted(known))
        orphans = sorted(self.person_ids - known)
        await self._tx.execute(FORGET, orphans)
        return len(orphans)
