"""MACs: what the outbox holds proves who said it, and stays for its time."""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import MACS

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """A step of the plumbing."""
    script(MACS + grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
