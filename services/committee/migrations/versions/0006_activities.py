"""Prevention meetings, trainings and informing: counts of people, and no name of anybody.

An entry is never changed: it ends, and another may stand in its place (``replaces``). All entries
of one story share ``first_id`` and ``first_at``, so a correction moves no entry to another quarter
of those that go by the day on which things were entered.
"""

from shared.runtime.migrate import grants, script

revision = "0006"
down_revision = "0005"

COUNTED_ON = """
-- the day by which a report counts: when it happened, or when it was entered
CREATE FUNCTION counted_on(entered boolean, happened date, first_at timestamptz, zone text)
    RETURNS date LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN entered THEN (first_at AT TIME ZONE zone)::date ELSE happened END;
"""
ACTIVITIES = """
CREATE TABLE activities (
    entry_id text PRIMARY KEY,           -- the caller's
    committee_id text NOT NULL REFERENCES committees,
    kind text NOT NULL CHECK (kind IN ('meeting', 'training', 'informing')),
    happened_on date NOT NULL,           -- the first of two days
    territory text NOT NULL,             -- where: a full SOATE code
    topic text NOT NULL,
    host text,                           -- a sector of its members; none: the committee itself
    days smallint CHECK (days IN (1, 2)),
    channel text,
    reach int CHECK (reach >= 0),
    present_sex text[] NOT NULL,         -- who was there: three columns of one table
    present_age text[] NOT NULL,
    present_count int[] NOT NULL,
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    first_id text NOT NULL,
    first_at timestamptz NOT NULL,
    replaces text REFERENCES activities,
    ended_at timestamptz,
    ended_by text,
    ended_because text,
    CHECK ((kind = 'training') = (days IS NOT NULL)),
    CHECK ((kind = 'informing') = (channel IS NOT NULL AND reach IS NOT NULL)),
    CHECK (cardinality(present_sex) = cardinality(present_count)),
    CHECK (cardinality(present_age) = cardinality(present_count)),
    CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
-- one holds of each story
CREATE UNIQUE INDEX activities_hold ON activities (first_id) WHERE ended_at IS NULL;
CREATE INDEX activities_on ON activities (committee_id, happened_on, entry_id);
ALTER TABLE activities ENABLE ROW LEVEL SECURITY;
ALTER TABLE activities FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON activities USING (is_system() OR is_own(committee_id));
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(COUNTED_ON + ACTIVITIES + grants("committee"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
