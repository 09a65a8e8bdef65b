"""Appeals of citizens, and how far the incidents have come that committees opened.

The database shows a service request to whoever may see a matter that is about its incident.
"""

from shared.runtime.migrate import grants, script

revision = "0002"
down_revision = "0001"

APPEALS = """
CREATE TABLE appeals (
    appeal_id text PRIMARY KEY,          -- the caller's; also the key under which intake is asked
    committee_id text NOT NULL REFERENCES committees,
    matter_id text NOT NULL UNIQUE REFERENCES matters,
    received_on date NOT NULL,
    journal_no text NOT NULL,            -- of the paper journal, where the words and the name are
    way text NOT NULL,
    collective boolean NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    village text,                        -- SOATE code; forgotten once it is an incident
    sex text,
    age_band text,
    answer_by date,
    incident_id text,
    linked_on date,
    answer text,
    answered_on date,                    -- as the paper says; when it was entered: changed_at
    forwarded_to text,
    version bigint NOT NULL,
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    changed_at timestamptz,
    changed_by text,
    CHECK ((incident_id IS NULL) = (linked_on IS NULL)),
    CHECK ((answer IS NULL) = (answered_on IS NULL)),
    CHECK (answered_on >= received_on),
    CHECK (incident_id IS NULL OR village IS NULL)
);
CREATE INDEX appeals_listed ON appeals (committee_id, received_on DESC, appeal_id DESC);
CREATE INDEX appeals_entered ON appeals (committee_id, entered_at);

CREATE TABLE service_requests (
    service_request_id text PRIMARY KEY,
    incident_id text NOT NULL,
    service_type text NOT NULL,
    public_id text,
    status text NOT NULL,
    fulfilment text NOT NULL,
    closed text,
    version bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX service_requests_of ON service_requests (incident_id);
CREATE INDEX service_requests_swept ON service_requests (changed_at);
"""
ROWS = """
ALTER TABLE appeals ENABLE ROW LEVEL SECURITY;
ALTER TABLE appeals FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON appeals
    USING (is_system() OR (is_own(committee_id) AND NOT is_hidden(matter_id)));
ALTER TABLE service_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_requests FORCE ROW LEVEL SECURITY;
-- matters has its own policy, which holds in here too
CREATE POLICY seen ON service_requests
    USING (is_system() OR EXISTS (
        SELECT FROM matters WHERE matters.incident_id = service_requests.incident_id));
"""


def upgrade() -> None:
    """Tables that the release before does not know."""
    script(APPEALS + ROWS + grants("committee"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
