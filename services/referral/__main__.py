"""Entry point: ``python -m services.referral serve | work | migrate``."""

import sys
from pathlib import Path

from services.referral.app import make_http, works
from services.referral.settings import ReferralSettings
from shared.runtime.entrypoint import bring_up, main

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(settings: ReferralSettings) -> None:
    """Brings the schema to the newest revision."""
    bring_up(MIGRATIONS, settings.migration_url, "TIREK_MIGRATION_URL", "referral")


if __name__ == "__main__":
    sys.exit(main(ReferralSettings, make_http, works, migrate, MIGRATIONS))
