"""Who looked for a name in the register, when and where; never which name.

Lookups are kept 3 years, as evidence.
"""

from shared.runtime.migrate import grants, script

revision = "0016"
down_revision = "0015"

LOOKUPS = """
CREATE TABLE lookups (
    lookup_id text PRIMARY KEY,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    organisation text,                 -- where they looked: there,
    area text,                         -- or in this raion
    CHECK ((organisation IS NULL) <> (area IS NULL))
);
CREATE INDEX lookups_of ON lookups (asked_by, asked_at);
ALTER TABLE lookups ENABLE ROW LEVEL SECURITY;
ALTER TABLE lookups FORCE ROW LEVEL SECURITY;
CREATE POLICY written ON lookups FOR INSERT
    WITH CHECK (asked_by = current_setting('app.actor', true));
CREATE POLICY own ON lookups FOR SELECT
    USING (is_system() OR asked_by = current_setting('app.actor', true));
CREATE POLICY swept ON lookups FOR DELETE USING (is_system());
CREATE INDEX lookups_swept ON lookups USING brin (asked_at);
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(LOOKUPS + grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
