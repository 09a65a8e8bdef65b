"""Routing: what every route of referral's HTTP takes besides its own parameters."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from services.referral.deps import Deps
from services.referral.visibility import seen_by
from shared.db import Tx
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


InTx = Annotated[Tx, Depends(transaction, scope="function")]
