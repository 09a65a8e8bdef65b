"""Sittings: who was invited and came, the agenda, what came of each item, and what was decided.

An item, and each decision on it, is about a matter and is hidden with it. ``all_hidden`` goes one
step further: of a sitting about nothing else there is no row either.
"""

from shared.runtime.migrate import grants, script

revision = "0004"
down_revision = "0003"

SITTINGS = """
CREATE FUNCTION all_hidden(ids text[]) RETURNS boolean LANGUAGE sql STABLE
    RETURN coalesce(
        ids <> '{}' AND ids <@ string_to_array(current_setting('app.hidden', true), ','), false);

CREATE TABLE sittings (
    sitting_id text PRIMARY KEY,
    committee_id text NOT NULL REFERENCES committees,
    kind text NOT NULL,
    status text NOT NULL,
    starts timestamptz NOT NULL,
    ends timestamptz,
    place text NOT NULL,                  -- SOATE code
    chair text,
    secretary text,
    held_on date,                         -- the local day on which it began, once it was held
    no int,                               -- of that year; people are shown their own count
    seats int,                            -- of members in office that day
    needed int,                           -- so many of them filled are a quorum
    filled int,
    matters text[] NOT NULL DEFAULT '{}', -- of its agenda
    version bigint NOT NULL,
    entered_at timestamptz NOT NULL,      -- the plan of it
    recorded_at timestamptz,              -- that it was held
    entered_by text NOT NULL,
    CHECK (starts < ends),
    CHECK ((status = 'held') = (held_on IS NOT NULL)),
    CHECK ((held_on IS NULL) = (no IS NULL) AND (held_on IS NULL) = (filled IS NULL))
);
CREATE INDEX sittings_of ON sittings (committee_id, held_on);
CREATE INDEX sittings_planned ON sittings (committee_id, starts);

CREATE FUNCTION is_shown(sitting text) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM sittings WHERE sitting_id = sitting);

CREATE TABLE invited (
    sitting_id text NOT NULL REFERENCES sittings,
    body text NOT NULL,                   -- a code: police, aksakal-court, health, school
    came boolean,
    signed boolean,                       -- that what they heard is confidential
    PRIMARY KEY (sitting_id, body),
    CHECK (came OR signed IS NOT TRUE)
);
CREATE TABLE attendance (
    sitting_id text NOT NULL REFERENCES sittings,
    staff_id text NOT NULL,
    status text NOT NULL,
    PRIMARY KEY (sitting_id, staff_id)
);

CREATE TABLE agenda (
    item_id text PRIMARY KEY,
    sitting_id text NOT NULL REFERENCES sittings,
    committee_id text NOT NULL REFERENCES committees,
    matter_id text NOT NULL REFERENCES matters,
    position int NOT NULL,                -- orders them; people are shown their own count
    source text NOT NULL,
    topic text NOT NULL,
    result text,
    votes_for int,
    votes_against int,
    votes_abstained int,
    chair text,                           -- of this item, where that was not the sitting's
    filled int,                           -- seats filled by whoever had not left it
    closed_at timestamptz,
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    UNIQUE (sitting_id, matter_id),
    UNIQUE (sitting_id, position),
    CHECK (votes_for + votes_against + votes_abstained <= filled),
    CHECK (result IS NOT NULL OR closed_at IS NULL)
);
CREATE INDEX agenda_about ON agenda (matter_id);

CREATE TABLE decisions (
    decision_id text PRIMARY KEY,
    item_id text NOT NULL REFERENCES agenda,
    sitting_id text NOT NULL REFERENCES sittings,
    committee_id text NOT NULL REFERENCES committees,
    matter_id text NOT NULL REFERENCES matters,
    point int NOT NULL,                   -- of its item
    what text NOT NULL,
    body text NOT NULL,                   -- which is to do it: a code
    person text,                          -- who of the committee sees to it: a staff id
    due date NOT NULL,
    control text NOT NULL,
    decided_at timestamptz NOT NULL,      -- when entered: its day is the sitting's
    UNIQUE (item_id, point)
);
CREATE INDEX decisions_about ON decisions (matter_id);
"""
ROWS = """
ALTER TABLE sittings ENABLE ROW LEVEL SECURITY;
ALTER TABLE sittings FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON sittings
    USING (is_system() OR (is_own(committee_id) AND NOT all_hidden(matters)));
ALTER TABLE invited ENABLE ROW LEVEL SECURITY;
ALTER TABLE invited FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON invited USING (is_system() OR is_shown(sitting_id));
ALTER TABLE attendance ENABLE ROW LEVEL SECURITY;
ALTER TABLE attendance FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON attendance USING (is_system() OR is_shown(sitting_id));
ALTER TABLE agenda ENABLE ROW LEVEL SECURITY;
ALTER TABLE agenda FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON agenda
    USING (is_system() OR (is_own(committee_id) AND NOT is_hidden(matter_id)));
ALTER TABLE decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON decisions
    USING (is_system() OR (is_own(committee_id) AND NOT is_hidden(matter_id)));
"""


def upgrade() -> None:
    """Tables that the release before does not know."""
    script(SITTINGS + ROWS + grants("committee"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
