"""Finds what waits for a word of somebody, when they give one without a code."""

from shared.runtime.migrate import script

revision = "0013"
down_revision = "0012"

OF_STAFF = """
CREATE INDEX codes_of_staff ON codes (staff_id, issued_at) WHERE closed_at IS NULL;
"""


def upgrade() -> None:
    """One index; building it stops what issues codes for as long as it takes to read the table."""
    script(OF_STAFF)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
