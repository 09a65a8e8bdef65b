"""Numbers that may be called about a case, and who read a private one.

Readings are kept 3 years, as evidence.
"""

from shared.runtime.migrate import grants, script

revision = "0009"
down_revision = "0008"

NUMBERS = """
ALTER TABLE people ADD COLUMN desk_phone text;   -- E.164, for colleagues; `phone` is private
ALTER TABLE rosters ADD COLUMN phone text;       -- E.164, the duty number of its watches

CREATE INDEX offers_of_request ON offers (service_request_id);

CREATE TABLE number_readings (
    reading_id text PRIMARY KEY,
    read_at timestamptz NOT NULL,
    read_by text NOT NULL,
    organisation text NOT NULL,        -- of who read it
    staff_id text NOT NULL,            -- whose number
    offer_id text NOT NULL REFERENCES offers,
    reason text NOT NULL
);
CREATE INDEX number_readings_of_person ON number_readings (staff_id, read_at);
ALTER TABLE number_readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE number_readings FORCE ROW LEVEL SECURITY;
CREATE POLICY written ON number_readings FOR INSERT
    WITH CHECK (has_role('coordinator') AND read_by = current_setting('app.actor', true));
CREATE POLICY own ON number_readings FOR SELECT
    USING (is_system() OR read_by = current_setting('app.actor', true));
"""


def upgrade() -> None:
    """Columns that may be empty, and a table that the release before does not know."""
    script(NUMBERS + grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
