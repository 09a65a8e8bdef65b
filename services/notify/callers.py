"""Callers: what a route of notify asks for, one name each; which roles it is for is in the name."""

from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BeforeValidator

from services.notify.deps import Deps
from services.notify.people.model import ROLES
from shared.db import Tx
from shared.events.words import Role
from shared.http.schemas import seen
from shared.http.web import transaction


def deps_of(request: Request) -> Deps:
    """What handlers of this process need besides the transaction."""
    deps: Deps = request.app.state.deps
    return deps


DepsOf = Annotated[Deps, Depends(deps_of)]
AnyTx = Annotated[Tx, transaction(*ROLES)]
AdministratorTx = Annotated[Tx, transaction(Role.ADMINISTRATOR)]
RegisterTx = Annotated[Tx, transaction(Role.ADMINISTRATOR, Role.SECRETARY)]
NamesTx = Annotated[
    Tx,
    transaction(Role.WORKER, Role.COORDINATOR, Role.ADMINISTRATOR, Role.SECRETARY, Role.MEMBER),
]
StaffTx = Annotated[Tx, transaction(Role.WORKER, Role.COORDINATOR, Role.ADMINISTRATOR)]
CallingTx = Annotated[Tx, transaction(Role.WORKER, Role.COORDINATOR, Role.OPERATOR)]
OperatorTx = Annotated[Tx, transaction(Role.OPERATOR)]
CoordinatorTx = Annotated[Tx, transaction(Role.COORDINATOR)]
KeepingTx = Annotated[Tx, transaction(Role.COORDINATOR, Role.ADMINISTRATOR)]
ReportingTx = Annotated[Tx, transaction(Role.WORKER, Role.REPORTER, Role.COORDINATOR)]
ActingTx = Annotated[Tx, transaction(Role.WORKER, Role.COORDINATOR)]
Asked = Annotated[str, BeforeValidator(seen), Query(min_length=1, max_length=120)]
"""Something by its readable id, as a parameter of the address."""
