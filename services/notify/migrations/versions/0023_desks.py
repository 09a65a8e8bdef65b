"""Which desks answer for an organisation, as the directory says: their operators may call it.

The release before writes none: until the directory says it again, nobody but the organisation does.
"""

from shared.runtime.migrate import script

revision = "0023"
down_revision = "0022"

DESKS = "ALTER TABLE organisations ADD COLUMN desks text[] NOT NULL DEFAULT '{}';"


def upgrade() -> None:
    """A constant default: no row is rewritten."""
    script(DESKS)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
