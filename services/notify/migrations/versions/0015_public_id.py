"""Offers and messages know what people call the service request that they are about.

The release before writes none: its texts name what they named.
"""

from shared.runtime.migrate import script

revision = "0015"
down_revision = "0014"

PUBLIC_ID = """
ALTER TABLE offers ADD COLUMN public_id text;
-- the text mentions it; `place` is what texts of the release before mentioned, and stays empty
ALTER TABLE messages ADD COLUMN public_id text;
"""


def upgrade() -> None:
    """Two columns, empty at first: no row is rewritten."""
    script(PUBLIC_ID)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
