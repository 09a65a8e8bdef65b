"""Refusals: how many came of late, and how many are not said yet; and links that opened once.

Both are kept for a while only. Of a link its hash stands here, which opens nothing.
"""

from shared.runtime.migrate import grants, script

revision = "0009"
down_revision = "0008"

REFUSED = """
CREATE TABLE refusals (
    scope text NOT NULL,               -- a session, or a kind of links
    reason text NOT NULL,
    since timestamptz NOT NULL,        -- when the minute began in which the newest came
    times int NOT NULL,                -- in that minute
    unsaid int NOT NULL,
    PRIMARY KEY (scope, reason)
);
CREATE INDEX refusals_unsaid ON refusals (scope, reason) WHERE unsaid > 0;
CREATE INDEX refusals_swept ON refusals (since);
CREATE TABLE spent_links (
    secret_hash bytea PRIMARY KEY,
    staff_id text NOT NULL,
    reason text NOT NULL,
    spent_at timestamptz NOT NULL
);
CREATE INDEX spent_links_swept ON spent_links (spent_at);
"""
OWN = """
ALTER TABLE {0} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {0} FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON {0} USING (is_system()) WITH CHECK (is_system());
"""


def upgrade() -> None:
    """Tables that the release before does not know."""
    own = "".join(OWN.format(table) for table in ("refusals", "spent_links"))
    script(REFUSED + own + grants("console"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
