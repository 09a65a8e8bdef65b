"""Callers: what a route of the committee service asks for; which roles it is for is in the name."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request

from services.committee import visibility
from services.committee.deps import Deps
from shared.db import Tx
from shared.events.words import Role
from shared.http.web import Db, Viewing
from shared.security.visibility import seen_by


def deps_of(request: Request) -> Deps:
    """What handlers of this process need besides the transaction."""
    deps: Deps = request.app.state.deps
    return deps


DepsOf = Annotated[Deps, Depends(deps_of)]


def looking(*roles: str, keeping: bool = False) -> Any:
    """One transaction a request for callers with one of these roles, in which what they must not
    learn of is not there. ``keeping``: of members, the chair alone."""

    async def seen(who: Viewing, db: Db, deps: DepsOf) -> AsyncIterator[Tx]:
        async with seen_by(db, who, *roles) as tx:
            await visibility.look(tx, deps, who)
            if keeping:
                await visibility.must_keep(tx, who)
            yield tx

    return Depends(seen, scope="function")


KeepingTx = Annotated[Tx, looking(Role.SECRETARY, Role.MEMBER, keeping=True)]
"""For a committee's secretary, and its chair by the registry."""
SittingTx = Annotated[Tx, looking(Role.SECRETARY, Role.MEMBER)]
AnsweringTx = Annotated[Tx, looking(Role.SECRETARY, Role.WORKER, Role.COORDINATOR)]
"""For whoever may speak for an organisation that a committee plans something with."""
RegistryTx = Annotated[Tx, looking(Role.SECRETARY, Role.MEMBER, Role.COORDINATOR)]
CoverageTx = Annotated[Tx, looking(Role.COORDINATOR, Role.AUDITOR)]
CoordinatorTx = Annotated[Tx, looking(Role.COORDINATOR)]
AdministratorTx = Annotated[Tx, looking(Role.ADMINISTRATOR)]
HandbookTx = Annotated[
    Tx, looking(Role.SECRETARY, Role.MEMBER, Role.COORDINATOR, Role.ADMINISTRATOR)
]
FiguresTx = Annotated[Tx, looking(Role.SECRETARY, Role.MEMBER, Role.COORDINATOR, Role.AUDITOR)]
