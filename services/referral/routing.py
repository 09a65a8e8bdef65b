"""Routing: what every route of referral's HTTP takes besides its own parameters."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Path, Request

from services.referral.deps import Deps
from services.referral.handlers import desk
from services.referral.visibility import seen_at_desk, seen_by
from shared.db import Tx
from shared.events.words import Role
from shared.http.schemas import PublicId
from shared.http.web import Db, Viewing


async def deps_of(request: Request) -> Deps:
    """What this process decides by, with the directory as its file is now."""
    deps: Deps = request.app.state.deps
    await deps.live.refresh()
    return deps


DepsOf = Annotated[Deps, Depends(deps_of)]


async def transaction(viewer: Viewing, db: Db) -> AsyncIterator[Tx]:
    """One transaction a request; it commits before the answer is sent."""
    async with seen_by(db, viewer) as tx:
        yield tx


async def desk_transaction(viewer: Viewing, db: Db, deps: DepsOf) -> AsyncIterator[Tx]:
    """The same where an operator may enter what somebody said on a call."""
    async with seen_at_desk(db, viewer, deps.served_by(viewer)) as tx:
        yield tx


async def looked_up(public_id: Annotated[PublicId, Path()], viewer: Viewing, db: Db) -> str:
    """A public id that somebody asks about; of an operator it is written down before."""
    if viewer.has(Role.OPERATOR):
        async with seen_at_desk(db, viewer, ()) as tx:
            await desk.record(tx, viewer, public_id)
    return public_id


LookedUp = Annotated[str, Depends(looked_up, scope="function")]
DeskTx = Annotated[Tx, Depends(desk_transaction, scope="function")]
InTx = Annotated[Tx, Depends(transaction, scope="function")]
