"""Rosters are shown by the role table, as people are; which one was removed, and by whom.

What was removed is kept 3 years: who was on duty is evidence.
"""

from shared.runtime.migrate import grants, script

revision = "0018"
down_revision = "0017"

SEEN = """
ALTER TABLE rosters ENABLE ROW LEVEL SECURITY;
ALTER TABLE rosters FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON rosters FOR SELECT USING (
    is_system() OR has_role('administrator')
    OR (has_role('worker') AND organisation = current_setting('app.organisation', true))
    OR coordinates(organisation));
CREATE POLICY kept ON rosters FOR INSERT WITH CHECK (is_system() OR has_role('administrator'));
CREATE POLICY changed ON rosters FOR UPDATE USING (is_system() OR has_role('administrator'));
CREATE POLICY removed ON rosters FOR DELETE USING (is_system() OR has_role('administrator'));

CREATE TABLE rosters_removed (
    removal_id text PRIMARY KEY,
    roster_id text NOT NULL,
    organisation text NOT NULL,
    tier int NOT NULL,
    people text[] NOT NULL,
    windows jsonb NOT NULL,
    removed_at timestamptz NOT NULL,
    removed_by text NOT NULL
);
CREATE INDEX rosters_removed_swept ON rosters_removed USING brin (removed_at);
"""


def upgrade() -> None:
    """The release before shows who is on duty to the same callers."""
    script(SEEN + grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
