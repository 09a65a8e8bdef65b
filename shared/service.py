"""Service: the HTTP process and the worker that every service has, put together in one way.

A service's ``app.py`` names what is its own: routes, handlers of events, jobs.
"""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI

from shared import backlog
from shared.bus.handling import Handler
from shared.db import Database
from shared.events import Body
from shared.http import outbox
from shared.http.authentication import Trusted
from shared.http.web import create_app
from shared.jurisdiction import Jurisdiction
from shared.jurisdiction.live import Live, keep_up
from shared.runtime.health import Health
from shared.runtime.jobs import Look, run_job
from shared.runtime.quarantine import Quarantine, Step
from shared.runtime.worker import Work, health_app, serve_http
from shared.security.sealing import Sealer
from shared.settings import Settings

Beside = Callable[[], Coroutine[Any, Any, None]]


def make_http(
    settings: Settings, routes: APIRouter, deps: Any, country: Live[Jurisdiction], *more: Live[Any]
) -> FastAPI:
    """The HTTP process: PostgreSQL only, so that it answers while brokers and gateways are down.

    ``deps`` is what the service's routes ask for besides the caller and a transaction; it stands in
    ``app.state.deps``. Metrics are for operators: at the health port, if it has one, and only there
    in real life. ``country`` and ``more`` are read again when somebody changes their files.
    Raises `KeyFileError`.
    """
    trusted = Trusted.from_directory(settings.SERVICE, settings.keys_dir)
    files = (country, *more)
    db = Database(settings)
    app = create_app(settings, db, trusted, files, beside_http(settings, db, *files))
    app.state.deps = deps
    app.include_router(routes)
    app.include_router(outbox.router)
    return app


def beside_http(settings: Settings, db: Database, *files: Live[Any]) -> list[Beside]:
    """What every HTTP process runs beside: it follows its files, and shows operators how it is and
    how long events wait, which a worker that hangs does not."""
    health = Health(files=files)
    beside: list[Beside] = [partial(keep_up, *files), partial(backlog.watch, db, health)]
    if settings.health_port:
        observed = health_app(health)
        beside.append(partial(serve_http, observed, settings.http_host, settings.health_port))
    return beside


class Worker:
    """The worker process: what it has in hand (``db``, ``sealer``, ``health``), and its works."""

    def __init__(self, settings: Settings, *files: Live[Any]) -> None:
        """Connects to nothing; raises `KeyFileError`. ``files``: what is read again on a change."""
        self.settings = settings
        self.db = Database(settings)
        self.sealer = Sealer.from_directory(settings.SERVICE, settings.keys_dir)
        self.health = Health(settings.stuck_after, files=files)

    def works(self, handlers: Mapping[type[Body], Handler], **own: Work) -> dict[str, Work]:
        """Everything to run side by side: what every service has, and the service's ``own``.

        ``handlers``: which event is handled by what.
        """
        # aiokafka and FastStream are a fifth of a start, and who serves HTTP asks no broker
        from shared.bus.works import bus_works  # noqa: PLC0415

        settings, health = self.settings, health_app(self.health)
        return {
            "files": partial(keep_up, *self.health.files),
            "health": partial(serve_http, health, settings.http_host, settings.health_port),
            "backlog": partial(backlog.watch, self.db, self.health),
            **bus_works(settings, self.db, self.sealer, self.health, handlers),
            **own,
        }

    def job(
        self,
        name: str,
        step: Step,
        look: Look | None = None,
        *,
        quarantine: Quarantine | None = None,
    ) -> Work:
        """A time-driven job of the service, see `shared.runtime.jobs.run_job`."""
        return partial(run_job, name, self.db, step, look, quarantine=quarantine)
