"""Plans of work. A row is its committee's, and is shown to the organisation that is to join in."""

from shared.runtime.migrate import grants, script

revision = "0003"
down_revision = "0002"

PLAN = """
CREATE TABLE plan_items (
    item_id text PRIMARY KEY,            -- the caller's
    committee_id text NOT NULL REFERENCES committees,
    organisation text NOT NULL,          -- the committee's, for whoever cannot see the committee
    matter_id text NOT NULL UNIQUE REFERENCES matters,
    year int NOT NULL,
    quarter int NOT NULL CHECK (quarter BETWEEN 1 AND 4),
    work text NOT NULL,
    prepares text NOT NULL,              -- codes of bodies
    reports text NOT NULL,
    indicator text,
    target int,
    money text NOT NULL,
    joint_with text,                     -- another organisation, and its own yes or no
    joint_yes boolean,
    joint_by text,                       -- somebody who serves there
    done_on date,
    version bigint NOT NULL,
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    changed_at timestamptz,
    changed_by text,
    CHECK ((indicator IS NULL) = (target IS NULL)),
    CHECK (joint_with <> organisation),
    CHECK ((joint_yes IS NULL) = (joint_by IS NULL)),
    CHECK (joint_yes IS NULL OR joint_with IS NOT NULL),
    CHECK (done_on IS NULL OR joint_with IS NULL OR joint_yes)
);
CREATE INDEX plan_items_of ON plan_items (committee_id, year, quarter);
CREATE INDEX plan_items_joint ON plan_items (joint_with, year, quarter, item_id)
    WHERE joint_with IS NOT NULL;
"""
ROWS = """
ALTER TABLE plan_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_items FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON plan_items
    USING (is_system() OR (NOT is_hidden(matter_id)
        AND (is_own(committee_id) OR joint_with = current_setting('app.organisation', true))));
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(PLAN + ROWS + grants("committee"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
