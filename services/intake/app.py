"""The only place that wires intake together. Nothing connects at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI

from services.intake import api, jobs
from services.intake.deps import Kit, law_of
from services.intake.handlers import referral_events
from services.intake.keystore import KeyStore
from services.intake.settings import IntakeSettings
from services.intake.vault import Vault
from shared.bus.consume import Consume, Handler, each
from shared.bus.redrive import Redrive
from shared.bus.relay import Relay
from shared.bus.retention import sweeping
from shared.bus.subscriber import run_consumer
from shared.db import Database
from shared.events import Body
from shared.events.referral import OfferChanged, ServiceRequestChanged
from shared.http.web import create_app
from shared.jurisdiction import load_jurisdiction
from shared.runtime.health import Health
from shared.runtime.jobs import run_pass
from shared.runtime.worker import Work, health_app, serve_http
from shared.security.sealing import Sealer
from shared.security.tags import Tagger
from shared.security.tokens import Verifier

HANDLERS: dict[type[Body], Handler] = {
    ServiceRequestChanged: each(referral_events.on_service_request_changed),
    OfferChanged: each(referral_events.on_offer_changed),
}
"""Which event is handled by what: the one table."""


def make_kit(settings: IntakeSettings) -> Kit:
    """Keys and country; raises what says which file is wrong."""
    jurisdiction = load_jurisdiction(settings.jurisdiction)
    return Kit(
        jurisdiction=jurisdiction,
        law=law_of(jurisdiction),
        vault=Vault.from_directory(settings.keys_dir),
        keys=KeyStore.of(settings),
        sealer=Sealer.from_directory(settings.SERVICE, settings.keys_dir),
        tagger=Tagger.from_directory(settings.keys_dir),
        tickets=Verifier.from_file(settings.keys_dir / "tickets.public.json"),
    )


def make_web(settings: IntakeSettings) -> FastAPI:
    """The HTTP process: PostgreSQL only, so it takes reports and shows data with brokers down."""
    kit = make_kit(settings)
    verifier = Verifier.from_file(settings.keys_dir / "tokens.public.json")
    app = create_app("Tirek intake", settings, Database(settings), verifier)
    app.include_router(api.router(kit))

    @asynccontextmanager
    async def key_store(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await kit.keys.close()

    app.include_router(APIRouter(lifespan=key_store))
    return app


def works(settings: IntakeSettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    kit, db = make_kit(settings), Database(settings)
    health = Health(settings.stuck_after)
    consume = Consume(db, kit.sealer, HANDLERS, health, parked_limit=settings.parked_limit)
    return {
        "consumer": partial(run_consumer, settings.SERVICE, settings.kafka, consume, health),
        "relay": Relay(db, kit.sealer, settings.kafka, health).run,
        "redrive": Redrive(db, consume).run,
        "sweep": sweeping(db),
        "keys": partial(run_pass, "keys", db, partial(jobs.sweep_keys, kit)),
        "requests": partial(run_pass, "requests", db, jobs.sweep_requests),
        "health": partial(serve_http, health_app(health), settings.http_host, settings.health_port),
    }
