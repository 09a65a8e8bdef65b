"""Time is the database's. No other clock decides anything.

``now`` is read once per transaction and handed down. In tests the clock adds a stored offset, so
one turn of it reaches every process; every job wakes when it is turned.
"""

import asyncio
from datetime import UTC, datetime

from shared.settings import Environment

CHANNEL = "tirek_clock"
"""PostgreSQL notifications that the clock was turned."""

REAL = "SELECT pg_catalog.clock_timestamp()"
"""What no test turns: how long evidence is kept from whoever has a role at the database. By its
full name, so that no function of a schema's owner is asked in its place."""
_TURNED = "SELECT pg_catalog.clock_timestamp() + (SELECT by FROM clock.turned)"
TURN = "UPDATE clock.turned SET by = by + $1"


def reading(env: Environment) -> str:
    """The SQL that reads the clock: the turned one in tests only."""
    return _TURNED if env is Environment.TEST else REAL


def wall() -> datetime:
    """The machine's clock. For the life of tokens alone, which no transaction sees."""
    return datetime.now(UTC)


async def pause(seconds: float) -> None:
    """The one place that sleeps: retries and stand-bys, never a rule."""
    await asyncio.sleep(seconds)
