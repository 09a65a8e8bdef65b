"""``python -m services.intake serve | work | migrate``."""

import sys
from pathlib import Path

from services.intake.app import make_http, works
from services.intake.settings import IntakeSettings
from shared.runtime.entrypoint import bring_up, main

HERE = Path(__file__).parent


def migrate(settings: IntakeSettings) -> None:
    """Brings both schemas, the key store's first, to the newest revision."""
    bring_up(
        HERE / "keystore_migrations",
        settings.keystore_migration_url,
        "TIREK_KEYSTORE_MIGRATION_URL",
        "keys",
    )
    bring_up(HERE / "migrations", settings.migration_url, "TIREK_MIGRATION_URL", "intake")


if __name__ == "__main__":
    sys.exit(main(IntakeSettings, make_http, works, migrate, HERE / "migrations"))
