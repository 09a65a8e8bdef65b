"""The worker process: consumer, relay and jobs side by side; the first failure ends them all.

A process that cannot go on says so in one line and ends with status 1, at once: the supervisor
starts a new one. SIGTERM ends it gracefully, within 10 seconds.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping

import structlog
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.errors import Refused, TirekError
from shared.logging import describe
from shared.runtime import http_server
from shared.runtime.ends import Ends
from shared.runtime.health import Health
from shared.runtime.sockets import listening
from shared.runtime.stalls import watch_loop

GRACE = 10.0
"""Seconds that works have to finish what they have in hand, after SIGTERM."""
HASTE = 1.0
"""The same after a failure. Nothing is lost by dying; what helps is the next start."""
Work = Callable[[], Awaitable[None]]


def health_app(health: Health) -> FastAPI:
    """``/health/live``, ``/health/ready`` and ``/metrics`` of a worker."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/health/live")
    async def live(response: Response) -> dict[str, object]:
        response.status_code = 503 if health.stuck else 200
        return health.report()

    @app.get("/health/ready")
    async def ready(response: Response) -> dict[str, object]:
        report = health.report()
        response.status_code = 200 if report["ready"] else 503
        return report

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


async def serve_http(app: FastAPI, host: str, port: int) -> None:
    """uvicorn without its own signal handling, so that the worker stops in one place.

    Raises `NotListening` where the address is taken.
    """
    with listening(host, port) as listener:
        server = http_server.server(app, Ends(), lifespan="off")
        try:
            await server._serve(sockets=[listener])
        finally:
            server.let_go()


async def run_worker(works: Mapping[str, Work], patience: float = 30.0) -> int:
    """Runs all until SIGTERM/SIGINT (status 0) or until one ends or fails (status 1).

    Ends with 1 at once when the event loop stands still for ``patience`` seconds.
    """
    watch_loop(patience)
    log = structlog.get_logger()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tasks: dict[asyncio.Future[None], str] = {
        asyncio.ensure_future(work()): name for name, work in works.items()
    }
    stopping = asyncio.ensure_future(_until(stop))
    done, _ = await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
    status = 0 if stopping in done else 1
    for task in done & set(tasks):
        problem = task.exception() if not task.cancelled() else None
        line = reason(problem)
        log.critical("worker.failed", name=tasks[task], reason=line, exc_info=problem)
        if problem is not None:
            sys.stderr.write(f"{tasks[task]} stopped: {line}\n")
    for task in tasks:
        task.cancel()
    stopping.cancel()
    _, stuck = await asyncio.wait({*tasks, stopping}, timeout=HASTE if status else GRACE)
    if stuck:
        log.warning("worker.abandoned", name=", ".join(tasks[task] for task in stuck - {stopping}))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)  # to return would be to wait for them: asyncio.run does, without end
    return status


def reason(problem: BaseException | None) -> str:
    """Why a work ended: its type and place, and in words only if they are ours.

    PostgreSQL's quote a row, and a refusal quotes what it refuses.
    """
    if problem is None:
        return "ended"
    words = isinstance(problem, TirekError) and not isinstance(problem, Refused)
    return f"{problem} ({describe(problem)[0]})" if words else describe(problem)[0]


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
