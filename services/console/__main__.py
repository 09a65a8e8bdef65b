"""Entry point: ``python -m services.console serve | work | migrate``."""

import sys
from pathlib import Path

from services.console.app import make_http, works
from services.console.settings import ConsoleSettings
from shared.runtime.entrypoint import bring_up, main

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(settings: ConsoleSettings) -> None:
    """Brings the schema to the newest revision."""
    bring_up(MIGRATIONS, settings.migration_url, "TIREK_MIGRATION_URL", "console")


if __name__ == "__main__":
    sys.exit(main(ConsoleSettings, make_http, works, migrate, MIGRATIONS))
