"""``python -m services.notify serve|work|migrate``."""

import asyncio
import sys

import uvicorn

from services.notify import app
from services.notify.settings import NotifySettings
from shared.errors import Halt, Unavailable
from shared.keys import KeyFileError
from shared.logging import configure
from shared.migrate import upgrade
from shared.settings import SettingsError

GRACE = 10


def serve(settings: NotifySettings) -> int:
    """The HTTP process."""
    uvicorn.run(
        app.make_web(settings),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
    )
    return 0


def work(settings: NotifySettings) -> int:
    """The worker process."""
    return asyncio.run(app.work(settings))


def migrate(settings: NotifySettings) -> int:
    """Brings the schema to the newest revision, as its owner."""
    upgrade(app.MIGRATIONS, settings.needed("migration_url"), settings.SERVICE)
    return 0


COMMANDS = {"serve": serve, "work": work, "migrate": migrate}


def main(arguments: list[str]) -> int:
    """Runs one command; what stops it is one clear line."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        sys.stderr.write(f"usage: python -m services.notify {'|'.join(COMMANDS)}\n")
        return 2
    configure(NotifySettings.SERVICE, arguments[0])
    try:
        return COMMANDS[arguments[0]](NotifySettings.load())
    except (SettingsError, KeyFileError, Halt, Unavailable) as problem:
        sys.stderr.write(f"notify {arguments[0]}: {problem}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
