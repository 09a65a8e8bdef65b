"""How people call what became of a need: whoever reported it reads it out, and finds it by it."""

from shared.runtime.migrate import script

revision = "0012"
down_revision = "0011"

PUBLIC_ID = """
ALTER TABLE service_requests ADD COLUMN public_id text;
CREATE INDEX service_requests_by_public_id ON service_requests (public_id);
"""


def upgrade() -> None:
    """A column that the release before neither reads nor writes."""
    script(PUBLIC_ID)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
