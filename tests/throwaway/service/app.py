"""Throwaway's composition root."""

from collections.abc import Mapping

from fastapi import FastAPI
from services.throwaway import api, handlers
from services.throwaway.settings import ThrowawaySettings
from shared.events.throwaway import Thrown

from shared import service
from shared.bus.handling import each
from shared.jurisdiction.live import LiveJurisdiction
from shared.runtime.worker import Work


def make_http(settings: ThrowawaySettings) -> FastAPI:
    """The HTTP process."""
    return service.make_http(settings, api.router, None, LiveJurisdiction(settings.jurisdiction))


def works(settings: ThrowawaySettings) -> Mapping[str, Work]:
    """What the worker process runs side by side."""
    return service.Worker(settings).works({Thrown: each(handlers.on_thrown)})
