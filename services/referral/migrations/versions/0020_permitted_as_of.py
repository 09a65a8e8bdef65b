"""As of which version of its incident is known what permits a need."""

from shared.runtime.migrate import script

revision = "0020"
down_revision = "0019"

PERMITTED = "ALTER TABLE service_request ADD COLUMN permitted_as_of bigint NOT NULL DEFAULT 0;"


def upgrade() -> None:
    """A column more, 0 where the release before writes: then every word counts."""
    script(PERMITTED)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
