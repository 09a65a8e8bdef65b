"""Timers of a service request: what is due is decided, and a changed directory opens a round."""

from services.referral.deps import Deps
from services.referral.model.decision import DecisionBuilder
from services.referral.model.ladder import reopen
from services.referral.model.service_request import ServiceRequest
from services.referral.model.timeouts import tick
from services.referral.store import requests
from services.referral.unit_of_work import UnitOfWork
from shared.db import Tx


async def on_due(deps: Deps, tx: Tx, request: ServiceRequest) -> None:
    """The clock reached a service request."""
    work = await UnitOfWork.of(tx, deps, loaded=[request])
    decision = tick(request, work.context(request))
    if decision is None:
        # a release before ended what was awaited, and knows not all that the clock waits for
        await requests.save(tx, [(request, request)])
        return
    work.settle(decision)
    await work.save()


async def on_directory_changed(deps: Deps, tx: Tx, request: ServiceRequest) -> None:
    """An exhausted service request is tried again with a directory it has not seen."""
    work = await UnitOfWork.of(tx, deps, loaded=[request])
    builder = DecisionBuilder(request, work.context(request))
    reopen(builder)
    work.settle(builder.decision())
    await work.save()
