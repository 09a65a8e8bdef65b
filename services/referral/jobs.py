"""Jobs of the worker: the clock, the waiting list of a changed directory, and its listings.

What is due is decided whoever is asleep, by this clock alone. One service request a transaction:
its locks are never held while another's are waited for.
"""

from datetime import datetime

from services.referral import metrics
from services.referral.deps import Deps
from services.referral.handlers.listings import emit_listings
from services.referral.handlers.timers import on_directory_changed, on_due
from services.referral.model.service_request import ServiceRequest
from services.referral.store import requests
from shared.db import Tx
from shared.runtime.jobs import Look
from shared.runtime.quarantine import Quarantine, Step

CLOCK = Look(due=requests.FIRST_DUE)
WAITING = Look("directory", due=requests.FIRST_WAITING)
LISTINGS = Look("directory")
"""Nobody notifies these two: the file is looked at every few seconds, not at every commit."""


def clock_job(deps: Deps, quarantine: Quarantine) -> Step:
    """A step of the clock: decides the first thing that is due; returns when to look again."""

    async def step(tx: Tx) -> datetime | None:
        request_id = await requests.due(tx, quarantine.ids)
        if request_id is None:
            return await requests.next_due(tx)
        request = await _in_hand(tx, request_id, quarantine)
        if request.next_due is not None:
            late = (tx.now - request.next_due).total_seconds()
            metrics.CLOCK_LATE_SECONDS.observe(late)
        await on_due(deps, tx, request)
        return tx.now

    return step


def directory_job(deps: Deps, quarantine: Quarantine) -> Step:
    """A step of reopening: whoever waits longest at the highest risk meets a new directory."""

    async def step(tx: Tx) -> datetime | None:
        await deps.live.refresh()
        request_id = await requests.waiting(tx, deps.directory, quarantine.ids)
        if request_id is None:
            return None
        request = await _in_hand(tx, request_id, quarantine)
        await on_directory_changed(deps, tx, request)
        return tx.now

    return step


def listings_job(deps: Deps) -> Step:
    """A step of listings: emits what changed in the directory, once, whoever looks first."""

    async def step(tx: Tx) -> datetime | None:
        return tx.now if await emit_listings(deps, tx) else None

    return step


async def _in_hand(tx: Tx, request_id: str, quarantine: Quarantine) -> ServiceRequest:
    """Whatever fails from here on, this one is put aside for it."""
    quarantine.takes(service_request_id=request_id)
    request = await requests.by_id(tx, request_id)
    if request is None:
        raise LookupError("locked, and not to be found")
    return request
