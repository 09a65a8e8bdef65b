"""Why a coordinator ended a service request that nobody has done."""

from shared.runtime.migrate import script

revision = "0018"
down_revision = "0017"

CLOSED = "ALTER TABLE service_request ADD COLUMN closed text;"


def upgrade() -> None:
    """A column more, empty where the release before writes."""
    script(CLOSED)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
