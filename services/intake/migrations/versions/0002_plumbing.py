"""Parked records can be tried again; the relay remembers what Kafka acknowledged."""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import REDRIVE_AND_BUS

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The plumbing's second step."""
    script(REDRIVE_AND_BUS + grants("intake"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
