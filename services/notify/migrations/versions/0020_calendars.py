"""Secret addresses at which people read their own watches: hashes alone, one that holds a person.

Those that hold no more are kept 90 days.
"""

from shared.runtime.migrate import grants, script

revision = "0020"
down_revision = "0019"

FEEDS = """
CREATE TABLE calendar_feeds (
    feed_id text PRIMARY KEY,
    staff_id text NOT NULL,
    secret_hash text NOT NULL UNIQUE,  -- SHA-256 of 256 random bits
    made_at timestamptz NOT NULL,
    revoked_at timestamptz,
    counted_since timestamptz NOT NULL,
    readings int NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX calendar_feeds_hold ON calendar_feeds (staff_id) WHERE revoked_at IS NULL;
ALTER TABLE calendar_feeds ENABLE ROW LEVEL SECURITY;
ALTER TABLE calendar_feeds FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON calendar_feeds
    USING (is_system() OR staff_id = current_setting('app.actor', true));
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(FEEDS + grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
