"""When the last backup was taken: `tirek backup` says so, once both of its files are written."""

from shared.runtime.migrate import grants, script

revision = "0005"
down_revision = "0004"

TAKEN = """
CREATE TABLE backup_taken (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    at timestamptz NOT NULL
);
ALTER TABLE backup_taken ENABLE ROW LEVEL SECURITY;
ALTER TABLE backup_taken FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON backup_taken USING (is_system()) WITH CHECK (is_system());
"""


def upgrade() -> None:
    """A table more, which the release before does not know."""
    script(TAKEN + grants("console"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
