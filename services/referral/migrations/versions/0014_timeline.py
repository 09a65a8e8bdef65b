"""When an offer was told, seen, paused and ended; until when its holder was to make contact.

What was before has none of it. The columns are new ones: the release before leaves them alone.
"""

from shared.runtime.migrate import script

revision = "0014"
down_revision = "0013"

TIMES = """
ALTER TABLE offer
    ADD COLUMN told_at timestamptz,
    ADD COLUMN received_at timestamptz,
    ADD COLUMN contact_by timestamptz,
    ADD COLUMN on_hold_at timestamptz,
    ADD COLUMN ended_at timestamptz;
"""


def upgrade() -> None:
    """New columns, empty."""
    script(TIMES)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
