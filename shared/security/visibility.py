"""Visibility: who looks, and a transaction in which the database shows what they may see.

Every read over HTTP goes through here, and row-level security stands behind it. Which of a
service's own things somebody may see is the service's own rule, in its ``visibility.py``.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from shared.db import Database, Tx
from shared.errors import Forbidden, Invalid
from shared.events.words import SYSTEM
from shared.jurisdiction.territories import Territories
from shared.security.tokens import Caller

ACTING = "SELECT set_config('app.actor', $1, true)"
BEGIN = """
SELECT set_config('app.actor', $1, true), set_config('app.organisation', $2, true),
       set_config('app.roles', $3, true), set_config('app.territories', $4, true), ({clock}) AS now
"""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. ``areas`` are prefixes of territory codes, each ending where a level ends.

    ``language`` is the one in which they are to read names.
    """

    staff_id: str
    organisation: str
    roles: frozenset[str] = frozenset()
    areas: tuple[str, ...] = ()
    language: str = ""

    @classmethod
    def of(cls, caller: Caller, territories: Territories, language: str = "") -> Self:
        """A caller as this jurisdiction sees them; a territory that is none covers nothing."""
        areas: list[str] = []
        for territory in caller.territories:
            try:
                areas.append(territories.area(territory))
            except Invalid:
                continue
        return cls(caller.staff_id, caller.organisation, caller.roles, tuple(areas), language)

    def has(self, *roles: str) -> bool:
        """Whether the viewer has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def covers(self, territory: str) -> bool:
        """Whether a full territory code lies in the viewer's areas."""
        return any(territory.startswith(area) for area in self.areas)

    def lies_in(self, places: Iterable[str]) -> bool:
        """Whether one of the viewer's areas lies in one of these places (prefixes of codes)."""
        return any(area.startswith(place) for place in places for area in self.areas)


@asynccontextmanager
async def seen_by(db: Database, viewer: Viewer, *roles: str) -> AsyncIterator[Tx]:
    """A transaction in which the database shows what ``viewer`` may see.

    Raises `Forbidden` unless the viewer has one of ``roles``, and for whoever takes the service's
    own name.
    """
    if viewer.staff_id == SYSTEM or not viewer.has(*roles):
        raise Forbidden("not for this role")
    scope = (viewer.organisation, ",".join(sorted(viewer.roles)), ",".join(viewer.areas))
    async with db.transaction(actor=viewer.staff_id, begin=BEGIN, args=scope) as tx:
        yield tx


async def act_as(tx: Tx, actor: str) -> None:
    """From here on row-level security shows and lets the transaction what it does to ``actor``.

    As `SYSTEM` it sees whole aggregates and every row: for what the viewer may do, or be told.
    """
    await tx.execute(ACTING, actor)
