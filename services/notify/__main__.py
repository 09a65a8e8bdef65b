"""Entry point: ``python -m services.notify serve | work | migrate``."""

import sys
from pathlib import Path

from services.notify.app import make_http, works
from services.notify.settings import NotifySettings
from shared.runtime.entrypoint import bring_up, main

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(settings: NotifySettings) -> None:
    """Brings the schema to the newest revision."""
    bring_up(MIGRATIONS, settings.migration_url, "TIREK_MIGRATION_URL", "notify")


if __name__ == "__main__":
    sys.exit(main(NotifySettings, make_http, works, migrate, MIGRATIONS))
