"""What is parked says whether its service is proven to have said it."""

from shared.runtime.migrate import script
from shared.runtime.plumbing import PARKED_PROVEN

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """A step of the plumbing."""
    script(PARKED_PROVEN)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
