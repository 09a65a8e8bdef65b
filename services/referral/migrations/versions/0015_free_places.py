"""Free places as those who work there say them, beside what the directory's file says.

The release before counts by the file alone.
"""

from shared.runtime.migrate import script

revision = "0015"
down_revision = "0014"

SAID = """
ALTER TABLE place
    -- how many there are for referrals: those that were said to be free, and those in use then
    ADD COLUMN places int,
    -- what the file said at that time: once it says another number, the file is newer
    ADD COLUMN instead_of int,
    ADD COLUMN said_by text,
    ADD COLUMN said_at timestamptz,
    -- how often the number grew: who found nobody is tried again
    ADD COLUMN raised bigint NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    """New columns, empty."""
    script(SAID)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
