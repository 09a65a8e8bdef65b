"""A parked record is known by its place and time, and may be given up for good."""

from shared.runtime.migrate import script
from shared.runtime.plumbing import PARKED_APART

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """The plumbing's third step."""
    script(PARKED_APART)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
