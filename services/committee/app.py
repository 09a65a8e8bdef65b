"""Composition root of the committee service: everything is made and tied together here."""

from functools import partial

from fastapi import FastAPI

from services.committee import api, jobs, matters
from services.committee.deps import Deps
from services.committee.progress.handlers import on_service_request_changed
from services.committee.settings import CommitteeSettings
from shared import service
from shared.bus.handling import Handler, each
from shared.events import Body
from shared.events.intake import ExclusionsChanged
from shared.events.notify import StaffChanged
from shared.events.referral import ServiceRequestChanged
from shared.jurisdiction.live import LiveJurisdiction
from shared.runtime.quarantine import Quarantine
from shared.runtime.worker import Work
from shared.security import staff
from shared.security.excluded_staff import Digests


def load_deps(settings: CommitteeSettings) -> Deps:
    """Reads what a process decides by; raises `BadFile` or `KeyFileError`."""
    return Deps(
        digests=Digests.from_directory(settings.keys_dir),
        country=LiveJurisdiction(settings.jurisdiction),
    )


def handler_table(deps: Deps) -> dict[type[Body], Handler]:
    """Which event is handled by what: the one table."""
    return {
        StaffChanged: each(staff.on_staff_changed),
        ExclusionsChanged: each(partial(matters.on_exclusions_changed, deps)),
        ServiceRequestChanged: each(on_service_request_changed),
    }


def make_http(settings: CommitteeSettings) -> FastAPI:
    """The HTTP process."""
    deps = load_deps(settings)
    return service.make_http(settings, api.router, deps, deps.country)


def works(settings: CommitteeSettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    deps = load_deps(settings)
    worker, unremindable = service.Worker(settings, deps.country), Quarantine()
    remind = jobs.reminders_job(deps, unremindable)
    return worker.works(
        handler_table(deps),
        retention=worker.job("retention", jobs.forget, jobs.RETENTION),
        reminders=worker.job("reminders", remind, jobs.REMINDERS, quarantine=unremindable),
    )
