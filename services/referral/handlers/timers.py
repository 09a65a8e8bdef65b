"""Timers of a service request: what is due is decided, and a changed directory opens a round."""

from services.referral.deps import Rules
from services.referral.model.decision import Course
from services.referral.model.ladder import reopen
from services.referral.model.service_request import ServiceRequest
from services.referral.model.timeouts import tick
from services.referral.unit_of_work import Desk
from shared.db import Tx


async def on_due(rules: Rules, tx: Tx, request: ServiceRequest) -> None:
    """The clock reached a service request."""
    desk = await Desk.of(tx, rules, loaded=[request])
    decision = tick(request, desk.world(request))
    if decision is not None:
        desk.settle(decision)
    await desk.save()


async def on_directory_changed(rules: Rules, tx: Tx, request: ServiceRequest) -> None:
    """An exhausted service request is tried again with a directory it has not seen."""
    desk = await Desk.of(tx, rules, loaded=[request])
    course = Course(request, desk.world(request))
    reopen(course)
    desk.settle(course.decision())
    await desk.save()
