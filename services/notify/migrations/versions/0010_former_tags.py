"""The tags of what the register said of somebody before: a new number unhides nothing.

The release before does not write them: what is changed while it runs is forgotten, as it was.
"""

from shared.runtime.migrate import script

revision = "0010"
down_revision = "0009"

FORMER = """
-- keyed: nobody without the key of tags can tell a number or a name from them
ALTER TABLE people ADD COLUMN former_tags text[] NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    """A constant default: no row is rewritten."""
    script(FORMER)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
