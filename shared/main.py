"""``python -m services.<name> serve | work | migrate``: the same three words for every service.

What cannot start says why in one line and ends with status 1.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import SecretStr

from shared import crash, logging, migrate, preflight
from shared.errors import TirekError
from shared.keys import KeyFileError
from shared.settings import Settings, SettingsError
from shared.worker import Work, run_worker

USAGE = "usage: python -m services.{name} serve | work | migrate"
S = TypeVar("S", bound=Settings)


def main(
    kind: type[S],
    make_web: Callable[[S], FastAPI],
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
        uvicorn.run(
            make_web(settings),
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=8,
        )
    except (SettingsError, KeyFileError, TirekError) as problem:
        structlog.get_logger().critical("start.failed", name=type(problem).__name__)
        sys.stderr.write(f"{name} {what}: {problem}\n")
        return 1
    return 0


def bring_up(folder: Path, url: SecretStr | None, key: str, schema: str) -> None:
    """Migrates one schema; ``key`` names the setting that holds its owner's address."""
    if url is None:
        raise SettingsError(f"{key}: needed to migrate")
    migrate.upgrade(folder, url.get_secret_value(), schema)
