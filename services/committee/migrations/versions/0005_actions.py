"""Actions: what a decision asks of a body by a day, and what became of it."""

from shared.runtime.migrate import grants, script

revision = "0005"
down_revision = "0004"

ACTIONS = """
CREATE TABLE actions (
    action_id text PRIMARY KEY,
    decision_id text NOT NULL UNIQUE REFERENCES decisions,
    sitting_id text NOT NULL REFERENCES sittings,
    committee_id text NOT NULL REFERENCES committees,
    matter_id text NOT NULL REFERENCES matters,
    what text NOT NULL,
    body text NOT NULL,
    person text,
    decided_on date NOT NULL,
    due date NOT NULL,
    control text NOT NULL,
    status text NOT NULL,
    reported_on date,
    remind_at timestamptz,                -- when next; null: no more
    version bigint NOT NULL,
    entered_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    CHECK (decided_on <= due),
    CHECK ((status = 'open') = (reported_on IS NULL)),
    CHECK (status = 'open' OR remind_at IS NULL)
);
CREATE INDEX actions_of ON actions (committee_id, due, action_id);
CREATE INDEX actions_about ON actions (matter_id);
CREATE INDEX actions_remind ON actions (remind_at) WHERE remind_at IS NOT NULL;
ALTER TABLE actions ENABLE ROW LEVEL SECURITY;
ALTER TABLE actions FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON actions
    USING (is_system() OR (is_own(committee_id) AND NOT is_hidden(matter_id)));
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(ACTIONS + grants("committee"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
