"""A record is parked whatever its key: one that no index took was lost."""

from shared.runtime.migrate import script
from shared.runtime.plumbing import PARKED_ANY_KEY

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """The plumbing's fourth step."""
    script(PARKED_ANY_KEY)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
