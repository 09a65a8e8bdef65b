"""What was last said of each organisation of the directory, so that changes are said once."""

from shared.runtime.migrate import grants, script

revision = "0005"
down_revision = "0004"

LISTING = """
CREATE TABLE listing (
    organisation text PRIMARY KEY,
    kind text NOT NULL,
    territories text[] NOT NULL,
    -- false once the directory has it no more: the row stays, so that its versions go on
    listed boolean NOT NULL,
    version bigint NOT NULL
);
ALTER TABLE listing ENABLE ROW LEVEL SECURITY;
ALTER TABLE listing FORCE ROW LEVEL SECURITY;
CREATE POLICY written ON listing USING (is_system());
"""


def upgrade() -> None:
    """The table, for the system alone."""
    script(LISTING + grants("referral"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
