"""The console's composition root: everything is made and tied together here, and nowhere else."""

from fastapi import FastAPI

from services.console import jobs, pages
from services.console.deps import Deps
from services.console.settings import ConsoleSettings
from shared import service
from shared.runtime.worker import Work


def make_http(settings: ConsoleSettings) -> FastAPI:
    """The HTTP process. Raises `SettingsError` where passwords would go in the open."""
    settings.check_tls()
    deps = Deps.of(settings)
    return service.make_http(settings, pages.router, deps, deps.country)


def works(settings: ConsoleSettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    deps = Deps.of(settings)
    worker = service.Worker(settings, deps.country)
    return worker.works(
        {},
        sessions=worker.job(
            "sessions", jobs.end_sessions, channel=jobs.SESSIONS, longest=jobs.SESSIONS_EVERY
        ),
        retention=worker.job(
            "retention",
            jobs.forget,
            channel=jobs.RETENTION,
            longest=jobs.RETENTION_EVERY.total_seconds(),
        ),
    )
