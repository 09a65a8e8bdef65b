"""What was last said of each member of staff, so that everybody's differences can be said.

The release before writes neither column: what it changes is said by the job of this one.
"""

from shared.runtime.migrate import script

revision = "0007"
down_revision = "0006"

SAID = """
-- how often something was said of them; 0: never
ALTER TABLE people ADD COLUMN version bigint NOT NULL DEFAULT 0;
-- SHA-256 of the body that was said last; it holds tags, so nobody without their key can guess it
ALTER TABLE people ADD COLUMN said text;
"""


def upgrade() -> None:
    """Constant defaults: no row is rewritten."""
    script(SAID)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
