"""Service requests with their offers, decision records, and the plumbing's tables.

No personal data stands here: ids, codes and bands. Kept while audit may ask (years), by policy.
"""

from shared.migrate import PLUMBING, grants, script

revision = "0001"
down_revision = None

OWN = """
CREATE TABLE service_request (
    id text PRIMARY KEY,
    incident_id text NOT NULL,
    need_id text NOT NULL,
    service_type text NOT NULL,
    urgency text NOT NULL,
    territory text NOT NULL,
    status text NOT NULL,
    fulfilment text NOT NULL,
    policy jsonb NOT NULL,
    opened_at timestamptz NOT NULL,
    age_band text NOT NULL,
    language text NOT NULL,
    version bigint NOT NULL,
    permissions jsonb NOT NULL,
    children jsonb NOT NULL,
    access_needs text[] NOT NULL,
    act_within timestamptz[] NOT NULL,
    excluded_organisations text[] NOT NULL,
    excluded_places text[] NOT NULL,
    excluded_people text,
    excluded_staff text[] NOT NULL,
    reported_by text,
    directory_change text NOT NULL,
    round int NOT NULL,
    passed_over text[] NOT NULL,
    coordinator_told boolean NOT NULL,
    -- derived from the offers when saved: what the clock waits for
    next_due timestamptz,
    UNIQUE (incident_id, need_id)
);
CREATE INDEX service_request_due ON service_request (next_due) WHERE next_due IS NOT NULL;
CREATE INDEX service_request_exhausted ON service_request (directory_change)
    WHERE fulfilment = 'exhausted';
CREATE INDEX service_request_territory ON service_request (territory text_pattern_ops);

CREATE TABLE offer (
    id text PRIMARY KEY,
    service_request_id text NOT NULL REFERENCES service_request,
    position int NOT NULL,
    organisation text NOT NULL,
    organisation_kind text NOT NULL,
    service text NOT NULL,
    status text NOT NULL,
    requested_at timestamptz NOT NULL,
    answer_by timestamptz NOT NULL,
    decide_by timestamptz NOT NULL,
    deadline timestamptz,
    alert_id text NOT NULL,
    tier int NOT NULL,
    next_tier_at timestamptz,
    told boolean NOT NULL,
    person text,
    accepted_at timestamptz,
    answered_at timestamptz,
    answered_by text,
    late boolean NOT NULL,
    before_hold text,
    overdue boolean NOT NULL,
    outcome text,
    reason text,
    superseded_by text,
    -- a place is held until then while the offer is open; without end once it is accepted
    holds_until timestamptz,
    UNIQUE (service_request_id, position)
);
-- the row lock decides who wins; this says so even to a bug
CREATE UNIQUE INDEX offer_one_holder ON offer (service_request_id)
    WHERE status IN ('accepted', 'in-progress', 'on-hold');
CREATE INDEX offer_queue ON offer (organisation, status);
CREATE INDEX offer_places ON offer (service)
    WHERE status IN ('requested', 'received', 'accepted', 'in-progress', 'on-hold');

-- one row a counted service: locked while its held places are counted
CREATE TABLE place (
    service text PRIMARY KEY
);

CREATE TABLE decision (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service_request_id text NOT NULL REFERENCES service_request,
    version bigint NOT NULL,
    decided_at timestamptz NOT NULL,
    rules_version text NOT NULL,
    directory_change text NOT NULL,
    candidates jsonb NOT NULL,
    excluded jsonb NOT NULL
);
CREATE INDEX decision_of ON decision (service_request_id);
"""


def upgrade() -> None:
    """Creates everything."""
    script(PLUMBING + OWN + grants("referral"))
