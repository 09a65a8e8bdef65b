"""The console's composition root: everything is made and tied together here, and nowhere else."""

from functools import partial

from fastapi import FastAPI

from services.console import jobs, pages
from services.console.deps import Deps
from services.console.frame.asked import Asked, for_services
from services.console.frame.front import Front
from services.console.frame.live import listen, watch_sessions
from services.console.frame.web import make_app
from services.console.settings import ConsoleSettings
from shared import service
from shared.bus.access import Access
from shared.runtime.worker import Work


def make_http(settings: ConsoleSettings) -> FastAPI:
    """The HTTP process. Raises `SettingsError` where passwords would go in the open."""
    settings.check_tls()
    deps = Deps.of(settings)
    front = Front.of(deps)
    beside: list[service.Beside] = [
        *service.beside_http(settings, deps.db, deps.country),
        partial(listen, front.changes, Access.of(settings)),
        partial(watch_sessions, front.changes, deps.db),
    ]
    app = make_app(front, pages.ROUTERS, pages.FILES, beside)
    app.add_middleware(Asked, services=for_services(deps))
    return app


def works(settings: ConsoleSettings) -> dict[str, Work]:
    """What the worker process runs side by side."""
    deps = Deps.of(settings)
    worker = service.Worker(settings, deps.country)
    return worker.works(
        {},
        sessions=worker.job("sessions", jobs.end_sessions, jobs.SESSIONS),
        refused=worker.job("refused", jobs.say_refused, jobs.REFUSED),
        retention=worker.job("retention", jobs.forget, jobs.RETENTION),
    )
