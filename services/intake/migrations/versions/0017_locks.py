"""Locks of reports are there before their first use, which would wait where others do not."""

from shared.runtime.migrate import script

revision = "0017"
down_revision = "0016"

LOCKS = """
INSERT INTO locks (name) SELECT 'request ' || slot FROM generate_series(0, 16383) AS slot
ON CONFLICT DO NOTHING;
INSERT INTO locks (name) VALUES ('police units') ON CONFLICT DO NOTHING;
"""


def upgrade() -> None:
    """Rows alone."""
    script(LOCKS)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
