"""Entry point: ``python -m services.committee serve | work | migrate``."""

import sys
from pathlib import Path

from services.committee.app import make_http, works
from services.committee.settings import CommitteeSettings
from shared.runtime.entrypoint import bring_up, main

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(settings: CommitteeSettings) -> None:
    """Brings the schema to the newest revision."""
    bring_up(MIGRATIONS, settings.migration_url, "TIREK_MIGRATION_URL", "committee")


if __name__ == "__main__":
    sys.exit(main(CommitteeSettings, make_http, works, migrate, MIGRATIONS))
