"""Which desks answer for an organisation is said with it, so that others may know.

The release before says none; what it writes has none, and is said anew by this one.
"""

from shared.runtime.migrate import script

revision = "0017"
down_revision = "0016"

DESKS = "ALTER TABLE listing ADD COLUMN desks text[] NOT NULL DEFAULT '{}';"


def upgrade() -> None:
    """A constant default: no row is rewritten."""
    script(DESKS)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
