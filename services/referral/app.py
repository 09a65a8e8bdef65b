"""Referral's composition root: everything is made and tied together here, and nowhere else."""

from functools import partial

from fastapi import FastAPI

from services.referral import api, jobs
from services.referral.deps import Rules
from services.referral.directory.file import LiveDirectory
from services.referral.handlers import alerts, answers, incidents
from services.referral.settings import ReferralSettings
from shared import service
from shared.bus.consume import Handler
from shared.events import Body, intake, notify
from shared.jurisdiction import load_jurisdiction
from shared.runtime.quarantine import Aside
from shared.runtime.worker import Work
from shared.security.tokens import Signer


def load_rules(settings: ReferralSettings) -> Rules:
    """Reads what a process decides by; raises `BadFile` for a file that cannot be right."""
    jurisdiction = load_jurisdiction(settings.jurisdiction, settings.policies)
    return Rules(
        jurisdiction=jurisdiction,
        live=LiveDirectory(settings.directory, jurisdiction),
        signer=Signer.from_file(settings.keys_dir / "tickets.private.json"),
    )


def handler_table(rules: Rules) -> dict[type[Body], Handler]:
    """Which event is handled by what: the one table."""
    return {
        intake.IncidentReported: partial(incidents.on_incidents_reported, rules),
        intake.ConsentWithdrawn: partial(incidents.on_consents_withdrawn, rules),
        notify.AlertSent: partial(alerts.on_alerts_sent, rules),
        notify.AlertUnreachable: partial(alerts.on_alerts_unreachable, rules),
        notify.AnswerReceived: partial(answers.on_answers_received, rules),
    }


def make_http(settings: ReferralSettings) -> FastAPI:
    """The HTTP process."""
    rules = load_rules(settings)
    return service.make_http(settings, api.router, rules, rules.jurisdiction)


def works(settings: ReferralSettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    rules, worker = load_rules(settings), service.Worker(settings)
    late, unmatched = Aside(), Aside()
    directory = jobs.directory_pass(rules, unmatched)
    return worker.works(
        handler_table(rules),
        clock=worker.job("clock", jobs.clock_pass(rules, late), aside=late),
        directory=worker.job("directory", directory, channel=jobs.DIRECTORY, aside=unmatched),
        listings=worker.job("listings", jobs.listings_pass(rules), channel=jobs.DIRECTORY),
    )
