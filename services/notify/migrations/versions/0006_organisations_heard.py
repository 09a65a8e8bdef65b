"""What the directory says of an organisation is heard, in order; until then the old copy stands.

The release before writes neither column: what it writes has not been heard, and stays listed.
"""

from shared.runtime.migrate import script

revision = "0006"
down_revision = "0005"

HEARD = """
-- that of the directory's entry as last heard; 0: kept from before, whatever is heard is newer
ALTER TABLE organisations ADD COLUMN version bigint NOT NULL DEFAULT 0;
-- false: the directory has it no more; its row stays, for who served there stays excluded there
ALTER TABLE organisations ADD COLUMN listed boolean NOT NULL DEFAULT true;
"""


def upgrade() -> None:
    """Constant defaults: no row is rewritten."""
    script(HEARD)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
