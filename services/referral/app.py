"""Composition root of referral: everything is made and tied together here, and nowhere else."""

from functools import partial

from fastapi import FastAPI

from services.referral import api, jobs
from services.referral.deps import Deps
from services.referral.directory.file import LiveDirectory
from services.referral.handlers import alerts, answers, exclusions, incidents, staff
from services.referral.settings import ReferralSettings
from shared import service
from shared.bus.handling import Handler
from shared.events import Body, intake, notify
from shared.jurisdiction.live import LiveJurisdiction
from shared.runtime.quarantine import Quarantine
from shared.runtime.worker import Work
from shared.security.excluded_staff import Digests
from shared.security.tokens import Signer


def load_deps(settings: ReferralSettings) -> Deps:
    """Reads what a process decides by; raises `BadFile` or `KeyFileError` for a file that cannot be
    right."""
    country = LiveJurisdiction(settings.jurisdiction, settings.policies)
    return Deps(
        country=country,
        live=LiveDirectory(settings.directory, country),
        signer=Signer.from_file(settings.keys_dir / "tickets.private.json"),
        digests=Digests.from_directory(settings.keys_dir),
    )


def handler_table(deps: Deps) -> dict[type[Body], Handler]:
    """Which event is handled by what: the one table."""
    return {
        intake.IncidentReported: partial(incidents.on_incidents_reported, deps),
        intake.ConsentGiven: partial(incidents.on_consents_given, deps),
        intake.ConsentWithdrawn: partial(incidents.on_consents_withdrawn, deps),
        intake.ExclusionsChanged: partial(exclusions.on_exclusions_changed, deps),
        notify.AlertSent: partial(alerts.on_alerts_sent, deps),
        notify.AlertUnreachable: partial(alerts.on_alerts_unreachable, deps),
        notify.AnswerReceived: partial(answers.on_answers_received, deps),
        notify.StaffChanged: partial(staff.on_staff_changed, deps),
    }


def make_http(settings: ReferralSettings) -> FastAPI:
    """The HTTP process."""
    deps = load_deps(settings)
    return service.make_http(settings, api.router, deps, deps.country, deps.live)


def works(settings: ReferralSettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    deps = load_deps(settings)
    worker = service.Worker(settings, deps.country, deps.live)
    late, unmatched = Quarantine(), Quarantine()
    directory = jobs.directory_job(deps, unmatched)
    return worker.works(
        handler_table(deps),
        clock=worker.job("clock", jobs.clock_job(deps, late), jobs.CLOCK, quarantine=late),
        directory=worker.job("directory", directory, jobs.WAITING, quarantine=unmatched),
        listings=worker.job("listings", jobs.listings_job(deps), jobs.LISTINGS),
    )
