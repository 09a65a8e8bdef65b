"""The only place that wires referral together. Nothing connects at import."""

from functools import partial

from fastapi import FastAPI

from services.referral import api, jobs
from services.referral.deps import Rules
from services.referral.directory.file import LiveDirectory
from services.referral.handlers import alerts, answers, incidents
from services.referral.settings import ReferralSettings
from shared.bus.consume import Consume, Handler
from shared.bus.redrive import Redrive
from shared.bus.relay import Relay
from shared.bus.retention import sweeping
from shared.bus.subscriber import run_consumer
from shared.db import Database
from shared.events import Body, intake, notify
from shared.http.web import create_app
from shared.jurisdiction import load_jurisdiction
from shared.runtime.health import Health
from shared.runtime.jobs import run_pass
from shared.runtime.quarantine import Aside
from shared.runtime.worker import Work, health_app, serve_http
from shared.security.sealing import Sealer
from shared.security.tokens import Signer, Verifier


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


def serve_app(settings: ReferralSettings) -> FastAPI:
    """The HTTP process."""
    verifier = Verifier.from_file(settings.keys_dir / "tokens.public.json")
    app = create_app("Tirek referral", settings, Database(settings), verifier)
    app.state.rules = load_rules(settings)
    app.include_router(api.router)
    return app


def works(settings: ReferralSettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    rules = load_rules(settings)
    db = Database(settings)
    health = Health(settings.stuck_after)
    late, unmatched = Aside(), Aside()
    sealer = Sealer.from_directory("referral", settings.keys_dir)
    consume = Consume(db, sealer, handler_table(rules), health, parked_limit=settings.parked_limit)
    return {
        "consumer": partial(run_consumer, "referral", settings.kafka, consume, health),
        "relay": Relay(db, sealer, settings.kafka, health).run,
        "redrive": Redrive(db, consume).run,
        "sweep": sweeping(db),
        "clock": partial(run_pass, "clock", db, jobs.clock_pass(rules, late), aside=late),
        "directory": partial(
            run_pass,
            "directory",
            db,
            jobs.directory_pass(rules, unmatched),
            channel=jobs.DIRECTORY,
            aside=unmatched,
        ),
        "listings": partial(
            run_pass, "listings", db, jobs.listings_pass(rules), channel=jobs.DIRECTORY
        ),
        "health": partial(serve_http, health_app(health), settings.http_host, settings.health_port),
    }
