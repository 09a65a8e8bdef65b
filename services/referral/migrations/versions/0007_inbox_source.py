"""The inbox knows whose event it has marked."""

from shared.runtime.migrate import script
from shared.runtime.plumbing import INBOX_SOURCE

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """The plumbing's fifth step."""
    script(INBOX_SOURCE)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
