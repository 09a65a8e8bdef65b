"""When a consent was recorded, and by whom: it may come later than the report."""

from shared.runtime.migrate import script

revision = "0011"
down_revision = "0010"

LATER = """
ALTER TABLE consents ADD COLUMN recorded_at timestamptz, ADD COLUMN recorded_by text;
"""


def upgrade() -> None:
    """Two columns that the release before neither reads nor writes; empty: with the report."""
    script(LATER)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
