"""What holds instead of a roster for a while: who is absent, stands in or is added, and by whom.

Overrides are kept 3 years after they ended: who was on duty is evidence.
"""

from shared.runtime.migrate import grants, script

revision = "0019"
down_revision = "0018"

OVERRIDES = """
CREATE TABLE roster_overrides (
    override_id text PRIMARY KEY,
    roster_id text NOT NULL,           -- the roster may be gone: this stays
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    leaves text,
    steps_in text,
    reason text NOT NULL,              -- a code
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    taken_back_at timestamptz,
    taken_back_by text,
    CHECK (leaves IS NOT NULL OR steps_in IS NOT NULL),
    CHECK ((taken_back_at IS NULL) = (taken_back_by IS NULL))
);
CREATE INDEX overrides_hold ON roster_overrides (roster_id, ends_at) WHERE taken_back_at IS NULL;
CREATE INDEX overrides_swept ON roster_overrides USING brin (ends_at);
ALTER TABLE roster_overrides ENABLE ROW LEVEL SECURITY;
ALTER TABLE roster_overrides FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON roster_overrides FOR SELECT USING (
    is_system() OR has_role('administrator')
    OR EXISTS (SELECT FROM rosters r WHERE r.roster_id = roster_overrides.roster_id));
CREATE POLICY kept ON roster_overrides FOR INSERT
    WITH CHECK (is_system() OR has_role('administrator'));
CREATE POLICY changed ON roster_overrides FOR UPDATE
    USING (is_system() OR has_role('administrator'));
CREATE POLICY swept ON roster_overrides FOR DELETE USING (is_system());
"""


def upgrade() -> None:
    """A table that the release before does not know: it goes by the rosters as they stand."""
    script(OVERRIDES + grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
