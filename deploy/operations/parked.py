"""What an operator does with parked records: statements on one service's database.

The service's workers do the redriving (`shared.bus.redrive`); here it is only asked for.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from deploy.operations.service_database import of_service
from shared import clock, locks
from shared.bus import parked
from shared.bus.parked import COLUMNS, OPEN
from shared.errors import Conflict, Invalid, NotFound
from shared.settings import Environment

WAKE = "SELECT pg_notify(current_schema() || '_' || $1::text, '')"
FIND = f"""
SELECT {COLUMNS}, reason, parked_at, asked_at, tries, redriven_at, dropped_at, dropped_because,
       proven
FROM parked WHERE id = $1
"""
OF_KEY = f"""
SELECT count(*) FILTER (WHERE id < $2) AS ahead, count(*) FILTER (WHERE id > $2) AS behind,
       min(id) AS first
FROM parked WHERE key = $1 AND {OPEN} AND (proven OR asked_at IS NOT NULL OR id = $2)
"""
SINCE = "SELECT count(*) FROM parked WHERE key = $1 AND id > $2 AND redriven_at IS NOT NULL"
ASK = f"""
UPDATE parked SET asked_at = $1
WHERE (key = $2 OR $2 IS NULL) AND (id = $3 OR $3 IS NULL) AND {OPEN}
AND (proven OR asked_at IS NOT NULL OR $2 IS NOT NULL OR $3 IS NOT NULL)
RETURNING id, key, tries
"""
DROP = f"""
UPDATE parked SET dropped_at = $2, dropped_because = $3, asked_at = NULL WHERE id = $1 AND {OPEN}
"""
KEEP = "UPDATE parked SET dropped_at = NULL, dropped_because = NULL WHERE id = $1"
PROGRESS = f"""
SELECT id, tries, reason, redriven_at IS NOT NULL AS handled, dropped_at IS NOT NULL AS dropped,
       asked_at IS NOT NULL AS waiting
FROM parked WHERE id = ANY($1) OR (asked_at IS NOT NULL AND key = ANY($2) AND {OPEN})
ORDER BY id
"""


@dataclass(slots=True)
class Asked:
    """What was asked for: tries of each record before, and the keys."""

    tries: dict[int, int]
    keys: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of it. ``behind`` wait for one that failed again."""

    asked: int
    handled: int
    failed: tuple[tuple[int, str], ...]
    behind: int
    waiting: int

    @property
    def well(self) -> bool:
        """Whether nothing is left."""
        return not (self.failed or self.behind or self.waiting)


def outcome(
    tries: Mapping[int, int], rows: Sequence[asyncpg.Record | Mapping[str, Any]]
) -> Outcome:
    """Counts rows of `PROGRESS` against the tries before; what was dropped meanwhile is let go."""
    left = [row for row in rows if not row["handled"] and not row["dropped"]]
    waiting = [row for row in left if row["waiting"]]
    rest = [row for row in left if not row["waiting"]]
    failed = [row for row in rest if row["tries"] > tries.get(row["id"], 0)]
    return Outcome(
        asked=len(tries),
        handled=sum(row["handled"] for row in rows),
        failed=tuple((row["id"], row["reason"]) for row in failed),
        behind=len(rest) - len(failed),
        waiting=len(waiting),
    )


class Desk:
    """One service's parked records. What cannot be done raises `Conflict`, one line."""

    def __init__(self, service: str, database: asyncpg.Connection) -> None:
        self.service = service
        self._database = database

    async def rows(
        self, limit: int, *, dropped: bool = False, apart: bool = False
    ) -> Sequence[asyncpg.Record]:
        """What is parked, or what was dropped, oldest first; ``apart``: what nothing proves."""
        return await self._database.fetch(parked.LIST, limit, dropped, apart)

    async def find(self, row_id: int) -> asyncpg.Record | None:
        """One row, with all that is known."""
        return await self._database.fetchrow(FIND, row_id)

    async def place(self, row: asyncpg.Record) -> asyncpg.Record:
        """How many open rows of its key are ``ahead`` and ``behind``, and the ``first``."""
        found = await self._database.fetchrow(OF_KEY, row["key"], row["id"])
        if found is None:
            raise NotFound("the database counts nothing")
        return found

    async def ask_all(self) -> Asked:
        """Everything is to be tried again, but for what nothing proves."""
        return await self._ask(None, None)

    async def ask_key(self, row: asyncpg.Record) -> Asked:
        """All of this row's key."""
        return await self._ask(row["key"], None)

    async def ask_one(self, row: asyncpg.Record) -> Asked:
        """This row alone, which must be its key's first."""
        _open(row)
        first = (await self.place(row))["first"]
        if first != row["id"]:
            raise Conflict(
                f"record {row['id']} waits behind record {first} of its key: "
                f"use --key-of {row['id']}"
            )
        return await self._ask(None, row["id"])

    async def _ask(self, key: bytes | None, row_id: int | None) -> Asked:
        rows = await self._database.fetch(ASK, await self._now(), key, row_id)
        await self._database.execute(WAKE, parked.CHANNEL)
        tries = {row["id"]: row["tries"] for row in rows}
        return Asked(tries, frozenset(bytes(row["key"]) for row in rows))

    async def progress(self, asked: Asked) -> Outcome:
        """What has become of what was asked for; later records of its keys are taken in."""
        rows = await self._database.fetch(PROGRESS, list(asked.tries), list(asked.keys))
        for row in rows:
            asked.tries.setdefault(row["id"], row["tries"])
        return outcome(asked.tries, rows)

    async def drop(self, row: asyncpg.Record, because: str) -> int:
        """Gives a record up for good; how many later ones of its key it leaves parked."""
        if not because.strip() or len(because) > 500:
            raise Invalid("--because", "a reason of at most 500 characters")
        async with self._held(row):
            _open(await self.find(row["id"]) or row)
            await self._database.execute(DROP, row["id"], await self._now(), because)
            behind: int = (await self.place(row))["behind"]
        return behind

    async def keep(self, row: asyncpg.Record) -> int:
        """Undoes a drop; how many later ones of its key have been handled meanwhile."""
        async with self._held(row):
            fresh = await self.find(row["id"]) or row
            if fresh["dropped_at"] is None:
                raise Conflict(f"record {row['id']} was not dropped")
            since: int = await self._database.fetchval(SINCE, row["key"], row["id"])
            await self._database.execute(KEEP, row["id"])
        return since

    @asynccontextmanager
    async def _held(self, row: asyncpg.Record) -> AsyncIterator[None]:
        """A transaction in which no worker touches the row's key; workers hear of its end."""
        async with self._database.transaction():
            try:
                await locks.hold(self._database, parked.lock(row["key"]))
            except asyncpg.LockNotAvailableError:
                raise Conflict(
                    f"record {row['id']}: its key is being redriven, try again later"
                ) from None
            yield
            await self._database.execute(WAKE, parked.CHANNEL)

    async def _now(self) -> datetime:
        now: datetime = await self._database.fetchval(clock.reading(Environment.PROD))
        return now


def _open(row: asyncpg.Record) -> None:
    if row["redriven_at"] is not None:
        raise Conflict(f"record {row['id']} is handled already")
    if row["dropped_at"] is not None:
        raise Conflict(
            f"record {row['id']} was dropped: `tirek parked keep {row['id']}` undoes that"
        )


@asynccontextmanager
async def desk(dsn: str, service: str | None = None) -> AsyncIterator[Desk]:
    """The desk at one database; ``service`` if its role is not the service's own."""
    async with of_service(dsn, service) as (name, database):
        yield Desk(name, database)
