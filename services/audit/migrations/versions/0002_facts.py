"""Facts of response: the few words of events that they are made of, and the rows that follow."""

from services.audit.append_only import append_only
from shared.runtime.migrate import script

revision = "0002"
down_revision = "0001"

SAID = """
-- what was opened once, as far as facts need it; no row tells of a person
CREATE TABLE said (
    event_id text PRIMARY KEY,
    source text NOT NULL,
    producer_seq bigint NOT NULL,
    time timestamptz NOT NULL,
    received_at timestamptz,         -- of the human act behind it, and over what it came
    channel text,
    cause text,
    service_request_id text,         -- of what was shown only the offer is known
    offer_id text,
    words jsonb NOT NULL
);
CREATE INDEX said_of_requests ON said (service_request_id, offer_id);
CREATE INDEX said_of_offers ON said (offer_id);
-- judgements whose answers are still to come
CREATE TABLE lacking (
    service_request_id text PRIMARY KEY,
    look_at timestamptz NOT NULL
);
CREATE INDEX lacking_when ON lacking (look_at);
"""
FACTS = """
CREATE TABLE request_facts (
    service_request_id text PRIMARY KEY,
    service_type text NOT NULL,
    opened_at timestamptz NOT NULL,
    urgency text,
    territory text,
    permitted_at timestamptz,
    accept_by timestamptz,
    contact_by timestamptz,
    accepted_at timestamptz,
    accepted_now timestamptz,
    contact_at timestamptz,
    contact_now timestamptz,
    on_hold_at timestamptz,
    exhausted_at timestamptz,
    exhausted_now timestamptz,
    asked int NOT NULL,
    ended_at timestamptz,
    closed text,
    voided_at timestamptz
);
CREATE INDEX request_facts_start ON request_facts (opened_at);
CREATE TABLE offer_facts (
    offer_id text PRIMARY KEY,
    service_request_id text NOT NULL,
    service_type text NOT NULL,
    organisation text NOT NULL,
    requested_at timestamptz NOT NULL,
    answer_by timestamptz NOT NULL,
    decide_by timestamptz NOT NULL,
    urgency text,
    territory text,
    channel text,
    tier int NOT NULL,
    told_at timestamptz,
    seen_at timestamptz,
    seen_now timestamptz,
    decided_at timestamptz,
    decided_now timestamptz,
    decision text,
    decision_now text,
    accepted_at timestamptz,
    accepted_now timestamptz,
    contact_by timestamptz,
    contact_by_now timestamptz,
    contact_at timestamptz,
    contact_now timestamptz,
    on_hold_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    voided_at timestamptz,
    escalated_at timestamptz
);
CREATE INDEX offer_facts_of_requests ON offer_facts (service_request_id);
CREATE INDEX offer_facts_last_start ON offer_facts
    (greatest(requested_at, told_at, accepted_at));
"""
GRANTS = """
-- one by one: `grants` of the whole schema would undo what the step before took away
GRANT SELECT, INSERT ON said TO tirek_audit;
GRANT SELECT, INSERT, UPDATE ON request_facts, offer_facts TO tirek_audit;
GRANT SELECT, INSERT, UPDATE, DELETE ON lacking TO tirek_audit;
"""


def upgrade() -> None:
    """All of it. What was said is written once; facts are set right, and none is taken away."""
    script(f"{SAID} {FACTS} {GRANTS} {append_only('said')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
