"""How an action stood before it was changed: its day, who saw to it, what was reported."""

from shared.runtime.migrate import grants, script

revision = "0008"
down_revision = "0007"

CHANGES = """
CREATE TABLE action_changes (
    action_id text NOT NULL REFERENCES actions,
    version bigint NOT NULL,
    since timestamptz NOT NULL,           -- when it came to stand so, and who said it
    by text NOT NULL,
    person text,
    due date NOT NULL,
    status text NOT NULL,
    reported_on date,
    PRIMARY KEY (action_id, version)
);
ALTER TABLE action_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_changes FORCE ROW LEVEL SECURITY;
-- actions has its own policy, which holds in here too
CREATE POLICY seen ON action_changes
    USING (is_system() OR EXISTS (
        SELECT FROM actions WHERE actions.action_id = action_changes.action_id));
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(CHANGES + grants("committee"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
