"""What a case holder says on the way, and when they are reminded of the deadline.

What was accepted before gets no reminder. The columns are new ones: the release before knows none
of it, and goes on as it did; what it saves wakes the clock for no reminder.
"""

from shared.runtime.migrate import script

revision = "0012"
down_revision = "0011"

WORDS = """
ALTER TABLE offer
    ADD COLUMN remind_at timestamptz,
    ADD COLUMN on_the_way_at timestamptz,
    ADD COLUMN contact_claimed_at timestamptz;
"""


def upgrade() -> None:
    """New columns, empty."""
    script(WORDS)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
