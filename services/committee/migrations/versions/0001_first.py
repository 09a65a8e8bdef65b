"""The plumbing's tables in one step; staff, committees and their members; matters, and who left.

A *matter* is what anything is about. Whoever is recused from one, or is excluded from its incident,
is shown no row of it by the database: ``app.hidden`` lists the viewer's, and each table with a
``matter_id`` has the policy ``not_hidden``.
"""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import STAFF, STAFF_KIND, WHOLE

revision = "0001"
down_revision = None

SEEN = """
CREATE FUNCTION is_system() RETURNS boolean LANGUAGE sql STABLE
    RETURN current_setting('app.actor', true) = 'system';
CREATE FUNCTION has_role(role text) RETURNS boolean LANGUAGE sql STABLE
    RETURN role = ANY (string_to_array(current_setting('app.roles', true), ','));
CREATE FUNCTION coordinates(place text) RETURNS boolean LANGUAGE sql STABLE
    RETURN has_role('coordinator') AND EXISTS (
        SELECT FROM unnest(
            string_to_array(nullif(current_setting('app.territories', true), ''), ',')
        ) AS area (prefix)
        WHERE starts_with(place, area.prefix));
CREATE FUNCTION is_hidden(matter text) RETURNS boolean LANGUAGE sql STABLE
    RETURN coalesce(
        matter = ANY (string_to_array(current_setting('app.hidden', true), ',')), false);
"""
COMMITTEES = """
CREATE TABLE committees (
    committee_id text PRIMARY KEY,
    organisation text NOT NULL UNIQUE,   -- of the directory: tokens say it of whoever serves there
    territory text NOT NULL,             -- SOATE code of its ayil aimak or town
    order_no text NOT NULL,              -- of the act that approves it, and its day
    order_on date NOT NULL,
    term_from date NOT NULL,
    term_to date NOT NULL,
    chair text,                          -- staff ids; each is a member
    secretary text,
    ended_on date,
    version bigint NOT NULL,
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    CHECK (term_from <= term_to),
    CHECK (ended_on >= term_from)
);
CREATE INDEX committees_where ON committees (territory text_pattern_ops);

CREATE TABLE members (
    member_id text PRIMARY KEY,
    committee_id text NOT NULL REFERENCES committees,
    staff_id text NOT NULL,
    body text NOT NULL,                  -- whom they speak for: a code
    sector text NOT NULL,
    order_no text NOT NULL,
    order_on date NOT NULL,
    member_from date NOT NULL,
    member_to date,
    deputy_of text REFERENCES members,
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    CHECK (member_from <= member_to),
    CHECK (deputy_of <> member_id)
);
-- nobody sits in a committee twice at a time, and so in no two sectors
CREATE UNIQUE INDEX members_now ON members (committee_id, staff_id) WHERE member_to IS NULL;
CREATE INDEX members_of ON members (staff_id);

CREATE FUNCTION is_own(committee text) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (
        SELECT FROM committees
        WHERE committee_id = committee
          AND organisation = current_setting('app.organisation', true));

CREATE TABLE matters (
    matter_id text PRIMARY KEY,
    committee_id text NOT NULL REFERENCES committees,
    incident_id text,                    -- of intake; people may write of one more than once
    excluded_digests text[] NOT NULL DEFAULT '{}',  -- of the incident: see excluded_staff
    opened_at timestamptz NOT NULL
);
CREATE INDEX matters_of ON matters (committee_id);
CREATE INDEX matters_about ON matters (incident_id) WHERE incident_id IS NOT NULL;
CREATE TABLE recusals (
    matter_id text NOT NULL REFERENCES matters,
    staff_id text NOT NULL,
    declared_by text NOT NULL,
    declared_at timestamptz NOT NULL,
    PRIMARY KEY (matter_id, staff_id)
);
CREATE INDEX recusals_of ON recusals (staff_id);
-- said by intake before the committee's own part of it was here
CREATE TABLE exclusions_heard (
    incident_id text PRIMARY KEY,
    digests text[] NOT NULL,
    heard_at timestamptz NOT NULL
);
"""
ROWS = """
ALTER TABLE committees ENABLE ROW LEVEL SECURITY;
ALTER TABLE committees FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON committees
    USING (is_system() OR coordinates(territory)
           OR organisation = current_setting('app.organisation', true));
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE members FORCE ROW LEVEL SECURITY;
-- whoever sees a committee sees who sits in it: they are staff, and the coordinator's too
CREATE POLICY seen ON members
    USING (is_system() OR EXISTS (
        SELECT FROM committees WHERE committees.committee_id = members.committee_id));
ALTER TABLE matters ENABLE ROW LEVEL SECURITY;
ALTER TABLE matters FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON matters
    USING (is_system() OR (is_own(committee_id) AND NOT is_hidden(matter_id)));
ALTER TABLE recusals ENABLE ROW LEVEL SECURITY;
ALTER TABLE recusals FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON recusals
    USING (is_system() OR EXISTS (
        SELECT FROM matters WHERE matters.matter_id = recusals.matter_id));
"""


def upgrade() -> None:
    """All of it."""
    script(f"{WHOLE} {STAFF} {STAFF_KIND} {SEEN} {COMMITTEES} {ROWS} {grants('committee')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
