"""Leases and locks: who does what one alone may do, in rows that no other service can take."""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import LEASES_AND_LOCKS

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """A step of the plumbing."""
    script(LEASES_AND_LOCKS + grants("console"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
