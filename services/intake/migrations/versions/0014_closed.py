"""Why a coordinator closed a need's service request, so that its reporter hears the truth."""

from shared.runtime.migrate import script

revision = "0014"
down_revision = "0013"

CLOSED = "ALTER TABLE service_requests ADD COLUMN closed text;"


def upgrade() -> None:
    """A column that the release before neither reads nor writes."""
    script(CLOSED)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
