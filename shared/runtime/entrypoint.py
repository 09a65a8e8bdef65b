"""``python -m services.<name> serve | work | migrate``: the same three words for every service.

What cannot start says why in one line and ends with status 1.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import structlog
import uvloop
from fastapi import FastAPI
from pydantic import SecretStr

from shared import crash, logging
from shared.errors import TirekError, Unavailable
from shared.runtime import http_server, preflight, revisions
from shared.runtime.ends import Ends
from shared.runtime.lines import Line
from shared.runtime.sockets import listening
from shared.runtime.worker import Work, run_worker
from shared.settings import Settings, SettingsError

GRACE = 8
"""Seconds that requests have to be answered in, after SIGTERM."""
USAGE = "usage: python -m services.{name} serve | work | migrate"
S = TypeVar("S", bound=Settings)


def main(
    kind: type[S],
    make_http: Callable[[S], FastAPI],
    works: Callable[[S], Mapping[str, Work]],
    migrations: Callable[[S], None],
    schema: Path,
) -> int:
    """Runs one process of the service that ``kind`` are the settings of; its exit status.

    ``schema``: the folder of the migrations that its database must have seen.
    """
    name, what = kind.SERVICE, sys.argv[1] if len(sys.argv) == 2 else ""
    if what not in ("serve", "work", "migrate"):
        sys.stderr.write(USAGE.format(name=name) + "\n")
        return 2
    logging.configure(name, what)
    try:
        crash.arm(os.environ)
        settings = kind.load()
        if what == "migrate":
            migrations(settings)
            return 0
        preflight.check(settings, schema)
        if what == "work":
            return uvloop.run(run_worker(works(settings), settings.stuck_after))
        return serve(make_http(settings), settings)
    except (SettingsError, TirekError) as problem:
        structlog.get_logger().critical("start.failed", name=type(problem).__name__)
        sys.stderr.write(f"{name} {what}: {problem}\n")
        return 1


def serve(app: FastAPI, settings: Settings) -> int:
    """Answers HTTP until it is told to end; raises `NotListening` where the address is taken."""
    with listening(settings.http_host, settings.http_port) as listener:
        server = http_server.server(app, Ends.of(settings), GRACE, Line.of(settings))
        with suppress(KeyboardInterrupt):  # uvicorn passes Ctrl-C on once it has ended
            server.run(sockets=[listener])
    return 0 if server.started else 1


def bring_up(folder: Path, url: SecretStr | None, key: str, schema: str) -> None:
    """Migrates one schema; ``key`` names the setting that holds its owner's address.

    A schema that a newer release has migrated is left as it is: migrations are safe with the
    release before, so whoever rolls back starts that one on it.
    """
    if url is None:
        raise SettingsError(f"{key}: needed to migrate")
    dsn = url.get_secret_value()
    at = asyncio.run(preflight.revision(dsn, key))
    if at is None:
        raise Unavailable(f"the database of {key}")
    if at and at not in revisions.known(folder):
        sys.stdout.write(
            f"the schema of {schema} is at {at}, and this release knows none beyond "
            f"{revisions.head(folder)}: a newer one has migrated it, nothing is to be done\n"
        )
        return
    from shared.runtime import migrate  # noqa: PLC0415 - Alembic's import is a third of a start

    migrate.upgrade(folder, dsn, schema)
