"""Composition root of the audit service: everything is made and tied together here."""

from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.audit import api, jobs, metrics
from services.audit.deps import Deps
from services.audit.facts import reading as facts
from services.audit.facts.hearing import on_said
from services.audit.handlers.hearing import hearing
from services.audit.handlers.restored import on_service_restored
from services.audit.seen import reading as seen
from services.audit.seen.hearing import on_request, on_seen
from services.audit.settings import AuditSettings
from services.audit.signing import Signing
from services.audit.witnesses.asking import Witnessing
from services.audit.witnesses.policies import FILE, LivePolicy
from shared import service
from shared.bus.handling import Handler
from shared.events import READERS, Body, Closed
from shared.events.referral import ServiceRequestChanged
from shared.events.restores import ServiceRestored
from shared.jurisdiction.live import LiveJurisdiction
from shared.runtime.worker import Work


def load_deps(settings: AuditSettings) -> Deps:
    """Reads what a process decides by; raises `BadFile` or `KeyFileError`."""
    return Deps(
        signing=Signing.from_directory(settings.keys_dir, settings.ledger_origin),
        checkpoint_every=timedelta(seconds=settings.checkpoint_every),
        country=LiveJurisdiction(settings.jurisdiction, settings.policies),
        witnesses=LivePolicy(settings.witnesses or settings.jurisdiction / FILE),
    )


def handler_table(deps: Deps) -> dict[type[Body], Handler]:
    """Which event is handled by what: the one table. All is kept by its outside; facts of response,
    and who looked at what, are made of what is opened."""
    table: dict[type[Body], Handler] = {Closed: hearing()}
    for body, readers in READERS.items():
        if AuditSettings.SERVICE in readers:
            worded = facts.is_read if body in facts.READ else None
            then: list[Handler] = [partial(on_said, deps)] if worded else []
            then += [on_seen] if body in seen.READ else []
            then += [on_request] if body is ServiceRequestChanged else []
            then += [on_service_restored] if body is ServiceRestored else []
            table[body] = hearing(*then, worded=worded)
    return table


def make_http(settings: AuditSettings) -> FastAPI:
    """The HTTP process."""
    deps = load_deps(settings)
    return service.make_http(settings, api.router, deps, deps.country, deps.witnesses)


def works(settings: AuditSettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    deps = load_deps(settings)
    metrics.begin()
    worker = service.Worker(settings, deps.country, deps.witnesses)
    return worker.works(
        handler_table(deps),
        growing=worker.job("growing", jobs.grow, jobs.GROWING),
        missing=worker.job("missing", jobs.look_for_missing, jobs.MISSING),
        signing=worker.job("signing", jobs.signing_job(deps), jobs.SIGNING),
        lacking=worker.job("lacking", jobs.lacking_job(deps), jobs.LACKING),
        rebuilding=worker.job("rebuilding", jobs.rebuilding_job(), jobs.REBUILDING),
        checking=worker.job("checking", jobs.checking_job(), jobs.CHECKING),
        mailing=worker.job("mailing", jobs.mailing_job(deps), jobs.MAILING),
        witnessing=Witnessing(worker.db, deps).run,
        unwitnessed=worker.job("unwitnessed", jobs.unwitnessed_job(deps), jobs.UNWITNESSED),
    )
