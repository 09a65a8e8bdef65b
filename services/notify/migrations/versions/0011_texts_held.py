"""Parts of long texts wait for each other; texts in letters nobody knows are kept as they came.

Retention: parts ten minutes, unread texts 30 days. Both are sealed for notify itself.
"""

from shared.runtime.migrate import grants, script

revision = "0011"
down_revision = "0010"

HELD = """
CREATE TABLE reply_parts (
    part_id text PRIMARY KEY,
    text_hash text NOT NULL,           -- keyed: the sender, the reference, the number of parts
    number smallint NOT NULL,
    part_hash text NOT NULL,           -- keyed: this part's words
    total smallint NOT NULL,
    sealed text NOT NULL,              -- the sender and this part's words
    received_at timestamptz NOT NULL,
    joined_at timestamptz,             -- kept a while, or a repeated part would be a text again
    UNIQUE (text_hash, number, part_hash)
);
CREATE INDEX reply_parts_received ON reply_parts (received_at);

CREATE TABLE texts_unread (
    text_id text PRIMARY KEY,
    text_hash text NOT NULL UNIQUE,    -- keyed: the sender and the octets
    data_coding smallint NOT NULL,
    sealed text NOT NULL,              -- the sender and the octets
    received_at timestamptz NOT NULL
);
CREATE INDEX texts_unread_received ON texts_unread (received_at);

ALTER TABLE reply_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE reply_parts FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON reply_parts USING (is_system());
ALTER TABLE texts_unread ENABLE ROW LEVEL SECURITY;
ALTER TABLE texts_unread FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON texts_unread USING (is_system());
"""


def upgrade() -> None:
    """Two new tables, which the release before does not know."""
    script(HELD)
    script(grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
