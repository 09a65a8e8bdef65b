"""Service requests with their offers, decision records, and the plumbing's tables.

No personal data stands here: ids, codes and bands. Kept while audit may ask (years), by policy.
Statuses are words of `shared.events.words`; which follows which is the model's to say.
"""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import PLUMBING

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
    round_starts int NOT NULL,
    passed_over text[] NOT NULL,
    coordinator_told boolean NOT NULL,
    -- derived from the offers when saved: what the clock waits for, and who was ever asked
    next_due timestamptz,
    asked text[] NOT NULL,
    UNIQUE (incident_id, need_id)
);
CREATE INDEX service_request_due ON service_request (next_due) WHERE next_due IS NOT NULL;
CREATE INDEX service_request_exhausted ON service_request (directory_change)
    WHERE fulfilment = 'exhausted';
CREATE INDEX service_request_opened ON service_request (opened_at);

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

# The role table of the domain, as rules of the database: a worker meets offers to the own
# organisation, a coordinator what lies in the own territories, and whoever is excluded meets no
# row at all. Only the system writes. A setting that was forgotten hides, it never shows.
# Offers are shown through their service request, whose rule looks at `asked` and not at offers:
# two rules that look at each other would never end.
HIDDEN = """
CREATE FUNCTION is_system() RETURNS boolean LANGUAGE sql STABLE
    RETURN current_setting('app.actor', true) = 'system';
CREATE FUNCTION is_ours(asked text[]) RETURNS boolean LANGUAGE sql STABLE
    RETURN coalesce(current_setting('app.organisation', true), '') = ANY (asked)
        AND current_setting('app.organisation', true) <> '';
CREATE FUNCTION coordinates(territory text) RETURNS boolean LANGUAGE sql STABLE
    RETURN territory ^@ ANY (string_to_array(current_setting('app.territories', true), ','));
CREATE FUNCTION hides(incident_id text, staff text[]) RETURNS boolean LANGUAGE sql STABLE
    RETURN encode(sha256(convert_to(
        'tirek excluded|' || incident_id || '|' || current_setting('app.actor', true), 'UTF8'
    )), 'hex') = ANY (staff);
CREATE FUNCTION hides_from_theirs(organisations text[], places text[]) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN current_setting('app.organisation', true) = ANY (organisations)
        OR EXISTS (
            SELECT FROM unnest(places) place,
                   unnest(string_to_array(current_setting('app.territories', true), ',')) mine
            WHERE starts_with(mine, place));

ALTER TABLE service_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_request FORCE ROW LEVEL SECURITY;
CREATE POLICY known ON service_request FOR SELECT USING (
    is_system()
    OR (is_ours(asked) OR coordinates(territory)) AND NOT hides(incident_id, excluded_staff)
       AND NOT hides_from_theirs(excluded_organisations, excluded_places));
CREATE POLICY written ON service_request USING (is_system());

ALTER TABLE offer ENABLE ROW LEVEL SECURITY;
ALTER TABLE offer FORCE ROW LEVEL SECURITY;
CREATE POLICY known ON offer FOR SELECT USING (
    is_system()
    OR EXISTS (SELECT FROM service_request r WHERE r.id = service_request_id
               AND (is_ours(ARRAY[organisation]) OR coordinates(r.territory))));
CREATE POLICY written ON offer USING (is_system());

ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE decision FORCE ROW LEVEL SECURITY;
CREATE POLICY known ON decision FOR SELECT USING (
    is_system()
    OR EXISTS (SELECT FROM service_request r WHERE r.id = service_request_id
               AND coordinates(r.territory)));
CREATE POLICY written ON decision USING (is_system());
"""


def upgrade() -> None:
    """Creates everything."""
    script(PLUMBING + OWN + HIDDEN + grants("referral"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
