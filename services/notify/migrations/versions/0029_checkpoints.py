"""Messages may bear a checkpoint of the ledger, which is told as it is.

The release before writes none.
"""

from shared.runtime.migrate import script

revision = "0029"
down_revision = "0028"

CHECKPOINT = "ALTER TABLE messages ADD COLUMN checkpoint text;"


def upgrade() -> None:
    """One column, empty at first: no row is rewritten."""
    script(CHECKPOINT)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
