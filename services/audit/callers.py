"""Who may look at the ledger, and what its routes ask for besides."""

from typing import Annotated

from fastapi import Depends, Request

from services.audit.deps import Deps
from shared.db import Tx
from shared.events.words import Role
from shared.http.web import transaction

LOOKING = (Role.AUDITOR, Role.COORDINATOR)
LookingTx = Annotated[Tx, transaction(*LOOKING)]
KeepingTx = Annotated[Tx, transaction(*LOOKING, Role.ADMINISTRATOR)]
"""What whoever keeps Tirek running sees, too: how the ledger is, and nothing that is in it."""


def deps_of(request: Request) -> Deps:
    """What handlers of this process need besides the transaction."""
    deps: Deps = request.app.state.deps
    return deps


DepsOf = Annotated[Deps, Depends(deps_of)]
