"""One wrapped data key a person. Backups of this database are kept 30 days at most: a key that was
forgotten must not come back."""

from shared.runtime.migrate import grants, script

revision = "0001"
down_revision = None

KEYS = """
CREATE TABLE data_keys (
    person_id text PRIMARY KEY,
    kid text NOT NULL,                 -- the master key round it
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL,
    settled boolean NOT NULL DEFAULT false  -- its person was seen
);
CREATE INDEX data_keys_unsettled ON data_keys (made_at) WHERE NOT settled;
"""


def upgrade() -> None:
    """The key store."""
    script(KEYS + grants("keys"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
