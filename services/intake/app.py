"""Intake's composition root: everything is made and tied together here, and nowhere else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI

from services.intake import api, jobs
from services.intake.deps import Deps
from services.intake.handlers import referral_events, staff
from services.intake.keystore import KeyStore
from services.intake.settings import IntakeSettings
from services.intake.vault import Vault
from shared import service
from shared.bus.handling import Handler, each
from shared.events import Body
from shared.events.notify import StaffChanged
from shared.events.referral import OfferChanged, ServiceRequestChanged
from shared.jurisdiction.live import LiveJurisdiction
from shared.runtime.worker import Work
from shared.security.excluded_staff import Digests
from shared.security.sealing import Sealer
from shared.security.tags import Tagger
from shared.security.tokens import Verifier


def handler_table(deps: Deps) -> dict[type[Body], Handler]:
    """Which event is handled by what: the one table."""
    return {
        ServiceRequestChanged: each(referral_events.on_service_request_changed),
        OfferChanged: each(referral_events.on_offer_changed),
        StaffChanged: partial(staff.on_staff_changed, deps),
    }


def make_deps(settings: IntakeSettings) -> Deps:
    """Keys and country; raises what says which file is wrong."""
    return Deps(
        country=LiveJurisdiction(settings.jurisdiction),
        vault=Vault.from_directory(settings.keys_dir),
        keys=KeyStore.of(settings),
        sealer=Sealer.from_directory(settings.SERVICE, settings.keys_dir),
        tagger=Tagger.from_directory(settings.keys_dir),
        digests=Digests.from_directory(settings.keys_dir),
        tickets=Verifier.from_file(settings.keys_dir / "tickets.public.json"),
        calls=Verifier.from_file(settings.keys_dir / "calls.public.json"),
    )


def make_http(settings: IntakeSettings) -> FastAPI:
    """The HTTP process."""
    deps = make_deps(settings)
    app = service.make_http(settings, api.router, deps, deps.country)

    @asynccontextmanager
    async def key_store(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await deps.keys.close()

    app.include_router(APIRouter(lifespan=key_store))
    return app


def works(settings: IntakeSettings) -> Mapping[str, Work]:
    """What the worker process runs side by side."""
    deps = make_deps(settings)
    worker = service.Worker(settings, deps.country)
    return worker.works(
        handler_table(deps),
        keys=worker.job("keys", partial(jobs.sweep_keys, deps), jobs.HOURLY),
        drafts=worker.job("drafts", partial(jobs.sweep_drafts, deps), jobs.DRAFTS),
        requests=worker.job("requests", jobs.sweep_requests, jobs.HOURLY),
    )
