"""Incidents, people, consents, readings, and what referral said.

No column but ``person_data.sealed`` holds anything of a person: the rest are codes and opaque ids.
Retention (the sweeps come with the retention issue, but for keys of requests): incidents with their
people and consents 5 years after the last need ended, then the data keys are forgotten; disclosures
10 years, as the record of who read what; requests 30 days, swept; service_requests and offers as
long as their incident.
"""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import PLUMBING

revision = "0001"
down_revision = None

REPORTED = """
CREATE TABLE incidents (
    incident_id text PRIMARY KEY,
    version bigint NOT NULL,
    received_at timestamptz NOT NULL,
    entered_by text NOT NULL,          -- staff id in the token that brought it
    lay boolean NOT NULL,              -- brought by no member of staff
    received_by_channel text NOT NULL,
    reporter_kind text NOT NULL,
    territory text NOT NULL,
    territory_verified boolean NOT NULL,
    language text NOT NULL,
    urgency text NOT NULL CHECK (urgency IN ('immediate', 'high', 'standard')),
    checklist text NOT NULL,           -- version of the danger signs it was judged under
    excluded_staff text[] NOT NULL,
    excluded_organisations text[] NOT NULL,
    excluded_places text[] NOT NULL
);
CREATE INDEX incidents_of_reporter ON incidents (entered_by, received_at DESC, incident_id DESC);

CREATE TABLE needs (
    need_id text PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incidents,
    position smallint NOT NULL,
    service_type text NOT NULL,
    urgency text NOT NULL CHECK (urgency IN ('immediate', 'high', 'standard')),
    UNIQUE (incident_id, service_type),
    UNIQUE (incident_id, position)
);

CREATE TABLE consents (
    consent_id text PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incidents,
    need_id text NOT NULL REFERENCES needs,
    position smallint NOT NULL,
    recipient_kind text NOT NULL,
    organisation text,
    purpose text NOT NULL,
    scope text[] NOT NULL CHECK (cardinality(scope) > 0),
    given_by text NOT NULL CHECK (given_by IN ('survivor', 'representative', 'officer', 'law')),
    how text NOT NULL CHECK (how IN ('oral', 'written', 'digital', 'law')),
    until timestamptz,
    ground text,
    named_person text,                 -- who answers for the ground
    withdrawn_at timestamptz,
    withdrawn_by text,
    CHECK ((ground IS NULL) <> (until IS NULL)),
    CHECK ((ground IS NULL) = (named_person IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    UNIQUE (incident_id, position)
);

CREATE TABLE requests (                -- answers by idempotency key
    caller text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,        -- keyed digest of the body
    answer text NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX requests_swept ON requests (answered_at);
"""

PEOPLE = """
CREATE TABLE persons (
    person_id text PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incidents,
    role text NOT NULL CHECK (role IN ('survivor', 'accused', 'child', 'reporter')),
    position smallint NOT NULL,
    UNIQUE (incident_id, position)
);

CREATE TABLE person_data (
    person_id text NOT NULL REFERENCES persons,
    field_group text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (person_id, field_group)
);

CREATE TABLE disclosures (             -- every reading, written before anything is read
    disclosure_id text PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incidents,
    read_at timestamptz NOT NULL,
    staff_id text NOT NULL,
    organisation text NOT NULL,
    basis text NOT NULL CHECK (basis IN ('ticket', 'own-entry')),
    purpose text NOT NULL,
    field_groups text[] NOT NULL CHECK (cardinality(field_groups) > 0),
    need_id text REFERENCES needs,
    offer_id text,
    written_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CHECK ((basis = 'ticket') = (need_id IS NOT NULL)),
    CHECK ((basis = 'ticket') = (offer_id IS NOT NULL))
);
CREATE INDEX disclosures_of_incident ON disclosures (incident_id, read_at);
"""

HEARD = """
CREATE TABLE service_requests (
    service_request_id text PRIMARY KEY,
    incident_id text NOT NULL,
    need_id text NOT NULL,
    status text NOT NULL,
    fulfilment text NOT NULL,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX service_requests_of_incident ON service_requests (incident_id);

CREATE TABLE offers (
    offer_id text PRIMARY KEY,
    incident_id text NOT NULL,
    need_id text NOT NULL,
    status text NOT NULL,
    person text,                       -- staff id of who holds the case
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX offers_of_incident ON offers (incident_id);
"""

# Whoever is excluded meets no row, whatever statement asks: one rule for every read and change.
# Without an organisation set nothing is shown, so that a forgotten setting hides, never shows.
HIDDEN = """
CREATE FUNCTION is_system() RETURNS boolean LANGUAGE sql STABLE
    RETURN current_setting('app.actor', true) = 'system';
CREATE FUNCTION may_know(staff text[], organisations text[], places text[]) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN coalesce(current_setting('app.organisation', true), '') <> ''
        AND NOT current_setting('app.actor', true) = ANY (staff)
        AND NOT current_setting('app.organisation', true) = ANY (organisations)
        AND NOT EXISTS (
            SELECT FROM unnest(places) place,
                   unnest(string_to_array(current_setting('app.territories', true), ',')) mine
            WHERE starts_with(mine, place));

ALTER TABLE incidents ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents FORCE ROW LEVEL SECURITY;
CREATE POLICY known ON incidents
    USING (is_system() OR may_know(excluded_staff, excluded_organisations, excluded_places))
    WITH CHECK (true);  -- a report is taken even from somebody it then hides from
"""

# Nothing of a person is read without a record of it: a sealed group shows itself only to the
# transaction that has written down who reads it, and only if the record names the group. Not even
# the service itself (`system`) sees one otherwise. There is no policy to change or delete.
READ = """
ALTER TABLE person_data ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_data FORCE ROW LEVEL SECURITY;
CREATE POLICY entered ON person_data FOR INSERT WITH CHECK (true);
CREATE POLICY recorded ON person_data FOR SELECT USING (EXISTS (
    SELECT FROM disclosures d JOIN persons p USING (incident_id)
    WHERE p.person_id = person_data.person_id
      AND d.written_in = pg_current_xact_id_if_assigned()
      AND d.staff_id = current_setting('app.actor', true)
      AND person_data.field_group = ANY (d.field_groups)));

ALTER TABLE disclosures ENABLE ROW LEVEL SECURITY;
ALTER TABLE disclosures FORCE ROW LEVEL SECURITY;
CREATE POLICY written ON disclosures FOR INSERT
    WITH CHECK (staff_id = current_setting('app.actor', true));
CREATE POLICY own ON disclosures FOR SELECT
    USING (is_system() OR staff_id = current_setting('app.actor', true));
"""


def upgrade() -> None:
    """Everything intake owns."""
    script(PLUMBING + REPORTED + PEOPLE + HEARD + HIDDEN + READ + grants("intake"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
