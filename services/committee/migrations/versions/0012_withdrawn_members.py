"""Memberships that were entered in error: they are no members, and stay to be read by whom asks."""

from shared.runtime.migrate import grants, script

revision = "0012"
down_revision = "0011"

WITHDRAWN = """
CREATE TABLE withdrawn_members (
    LIKE members,
    withdrawn_at timestamptz NOT NULL,
    withdrawn_by text NOT NULL,
    PRIMARY KEY (member_id)
);
ALTER TABLE withdrawn_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE withdrawn_members FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON withdrawn_members USING (is_system() OR is_own(committee_id));
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(f"{WITHDRAWN} {grants('committee')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
