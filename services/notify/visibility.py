"""Who may see what: every read over HTTP goes through here, and row-level security behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.notify.people import store as people
from services.notify.people.exclusions import Exclusions
from services.notify.people.model import SYSTEM
from shared.db import Database, Tx
from shared.errors import Forbidden, NotFound, RetryLater, Unprocessable
from shared.security.tokens import Caller, area

SCOPE = """
SELECT set_config('app.organisation', $1, true), set_config('app.roles', $2, true),
       set_config('app.territories', $3, true)
"""
COORDINATES = "SELECT coordinates($1)"


@asynccontextmanager
async def seen_by(db: Database, caller: Caller, *roles: str) -> AsyncIterator[Tx]:
    """A transaction in which the database shows what ``caller`` may see.

    Raises `Forbidden` unless the caller has one of ``roles``, and for whoever takes the service's
    own name.
    """
    if caller.staff_id == SYSTEM or not caller.has(*roles):
        raise Forbidden("not for this role")
    async with db.transaction(actor=caller.staff_id) as tx:
        await tx.execute(
            SCOPE,
            caller.organisation,
            ",".join(sorted(caller.roles)),
            ",".join(map(area, caller.territories)),
        )
        yield tx


async def must_coordinate(
    tx: Tx, caller: Caller, organisation: str, exclusions: Exclusions, sealed: str | None
) -> None:
    """Raises `NotFound` for a coordinator of another territory, and for one who is excluded.

    Both are asked for in either case, so that an answer takes as long whatever it is.
    """
    theirs: bool = await tx.fetchval(COORDINATES, organisation)
    known = (await people.by_id(tx, [caller.staff_id])).get(caller.staff_id)
    try:
        excluded = exclusions.read(sealed)
    except (Unprocessable, RetryLater):
        raise NotFound from None
    hit = exclusions.hits(excluded, known) if known else caller.staff_id in excluded.staff_ids
    if hit or not theirs:
        raise NotFound
