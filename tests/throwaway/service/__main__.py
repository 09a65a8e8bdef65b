"""``python -m services.throwaway serve | work | migrate``."""

import sys
from pathlib import Path

from services.throwaway.app import make_http, works
from services.throwaway.settings import ThrowawaySettings

from shared.runtime.entrypoint import bring_up, main

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(settings: ThrowawaySettings) -> None:
    """Brings the schema to the newest revision."""
    bring_up(MIGRATIONS, settings.migration_url, "TIREK_MIGRATION_URL", "throwaway")


if __name__ == "__main__":
    sys.exit(main(ThrowawaySettings, make_http, works, migrate, MIGRATIONS))
