"""A notice may be about no incident. The release before only ever writes one that is."""

from shared.runtime.migrate import script

revision = "0005"
down_revision = "0004"

OPTIONAL = "ALTER TABLE notices ALTER COLUMN incident_id DROP NOT NULL"


def upgrade() -> None:
    """What a notice of a sitting or an account needs."""
    script(OPTIONAL)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
