"""Entry point: ``python -m services.audit serve | work | migrate``."""

import sys
from pathlib import Path

from services.audit.app import make_http, works
from services.audit.settings import AuditSettings
from shared.runtime.entrypoint import bring_up, main

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(settings: AuditSettings) -> None:
    """Brings the schema to the newest revision."""
    bring_up(MIGRATIONS, settings.migration_url, "TIREK_MIGRATION_URL", "audit")


if __name__ == "__main__":
    sys.exit(main(AuditSettings, make_http, works, migrate, MIGRATIONS))
