"""The staff register, rosters, what is told and what is answered.

Retention stands in ``services.notify.jobs``, whose job deletes what is older. People and rosters
stay: whoever has left may still be excluded. No text of a message is stored anywhere.
"""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import PLUMBING

revision = "0001"
down_revision = None

REGISTER = """
CREATE TABLE organisations (
    organisation text PRIMARY KEY,
    kind text NOT NULL,
    territories text[] NOT NULL,       -- SOATE prefixes of where it is: whose coordinator sees it
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);

CREATE TABLE people (
    staff_id text PRIMARY KEY,
    name text NOT NULL,
    organisation text NOT NULL REFERENCES organisations,
    roles text[] NOT NULL,
    languages text[] NOT NULL CHECK (cardinality(languages) > 0),
    phone text,                        -- E.164
    email text,
    territories text[] NOT NULL,       -- SOATE prefixes they answer for
    active boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    CHECK (staff_id <> 'system')
);
CREATE INDEX people_by_organisation ON people (organisation);
CREATE INDEX people_by_phone ON people (phone) WHERE phone IS NOT NULL;

CREATE TABLE rosters (
    roster_id text PRIMARY KEY,
    organisation text NOT NULL REFERENCES organisations,
    tier int NOT NULL CHECK (tier > 0),
    people text[] NOT NULL,
    windows jsonb NOT NULL,            -- [{dtstart: local, duration: seconds, rrule}]
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);
CREATE INDEX rosters_asked ON rosters (organisation, tier);
"""

TOLD = """
CREATE TABLE offers (
    offer_id text PRIMARY KEY,
    incident_id text NOT NULL,
    service_request_id text NOT NULL,
    organisation text NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL,
    deadline timestamptz,
    holder text,                       -- staff id of whoever accepted
    excluded_people text,              -- sealed: opened at every send, never stored open
    changed_at timestamptz NOT NULL
);

CREATE TABLE alerts (
    alert_id text PRIMARY KEY,
    offer_id text NOT NULL REFERENCES offers,
    tier int NOT NULL,
    urgency text NOT NULL,
    deadline timestamptz NOT NULL,
    requested_at timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('sent', 'unreachable', 'moot')),
    reason text,
    settled_at timestamptz,
    CHECK ((outcome IS NULL) = (settled_at IS NULL))
);
CREATE INDEX alerts_of_offer ON alerts (offer_id);

CREATE TABLE codes (
    offer_id text NOT NULL REFERENCES offers,
    staff_id text NOT NULL,
    kid text NOT NULL,
    counter int NOT NULL,
    fingerprint text NOT NULL,         -- keyed hash; the code itself is derived when it is needed
    issued_at timestamptz NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (offer_id, staff_id)
);
CREATE UNIQUE INDEX codes_open ON codes (fingerprint) WHERE closed_at IS NULL;
CREATE INDEX codes_answered ON codes (fingerprint);

CREATE TABLE messages (
    message_id text PRIMARY KEY,
    dedup_key text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('alert', 'answer', 'closing', 'notice', 'prompt')),
    template text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('sms', 'email')),
    lane text NOT NULL CHECK (lane IN ('urgent', 'sms', 'email')),
    priority smallint NOT NULL,
    urgency text NOT NULL,
    staff_id text NOT NULL,
    incident_id text,
    offer_id text REFERENCES offers,
    alert_id text REFERENCES alerts,
    instant timestamptz,               -- the deadline or time that the text mentions
    place text,                        -- the SOATE code whose raion the text mentions
    excluded_people text,
    valid_until timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'claimed', 'sent', 'refused', 'dropped')),
    reason text,
    attempts int NOT NULL DEFAULT 0,
    maybe_sent int NOT NULL DEFAULT 0, -- attempts whose end nobody knows
    next_attempt_at timestamptz NOT NULL,
    queued_at timestamptz NOT NULL,
    claimed_at timestamptz,
    settled_at timestamptz,
    provider_id text,
    receipt text,
    receipt_at timestamptz,
    ended boolean NOT NULL DEFAULT false,  -- of an alert: its reader was told that it is over
    CHECK (kind <> 'alert' OR alert_id IS NOT NULL)
);
CREATE INDEX messages_due ON messages (lane, priority, next_attempt_at) WHERE status = 'queued';
CREATE INDEX messages_claimed ON messages (lane) WHERE status = 'claimed';
CREATE INDEX messages_of_offer ON messages (offer_id) WHERE offer_id IS NOT NULL;
CREATE INDEX messages_of_alert ON messages (alert_id) WHERE alert_id IS NOT NULL;
CREATE INDEX messages_expiring ON messages (valid_until) WHERE status = 'queued';
CREATE INDEX messages_by_provider ON messages (provider_id) WHERE provider_id <> '';

CREATE TABLE receipts_early (          -- a receipt may overtake the record of its sending
    provider_id text PRIMARY KEY,
    receipt text NOT NULL,
    receipt_at timestamptz NOT NULL
);

CREATE TABLE notices (
    dedup_key text PRIMARY KEY,
    notice_id text NOT NULL,
    incident_id text NOT NULL,
    template text NOT NULL,
    people int NOT NULL,
    escalated boolean NOT NULL,        -- nobody was found as asked: any coordinator was told
    requested_at timestamptz NOT NULL
);
"""

ANSWERED = """
CREATE TABLE answers (
    answer_id text PRIMARY KEY,
    offer_id text NOT NULL REFERENCES offers,
    staff_id text NOT NULL,
    answer text NOT NULL,
    channel text NOT NULL,
    received_at timestamptz NOT NULL,
    judgement text,
    judged_at timestamptz
);
CREATE INDEX answers_of_offer ON answers (offer_id);

CREATE TABLE replies (                 -- every text that came in, without text or number
    reply_id text PRIMARY KEY,
    sender_hash text NOT NULL,
    text_hash text NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    answer_id text REFERENCES answers
);
CREATE INDEX replies_of_sender ON replies (sender_hash, received_at);
"""

# The role table, kept by the database as well: `visibility.py` sets who is asking.
SEEN = """
CREATE FUNCTION is_system() RETURNS boolean LANGUAGE sql STABLE
    RETURN current_setting('app.actor', true) = 'system';
CREATE FUNCTION has_role(role text) RETURNS boolean LANGUAGE sql STABLE
    RETURN role = ANY (string_to_array(current_setting('app.roles', true), ','));
CREATE FUNCTION coordinates(place text) RETURNS boolean LANGUAGE sql STABLE
    RETURN has_role('coordinator') AND EXISTS (
        SELECT FROM organisations o, unnest(o.territories) at,
               unnest(string_to_array(current_setting('app.territories', true), ',')) mine
        WHERE o.organisation = place AND mine <> '' AND starts_with(at, mine));

ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON people FOR SELECT USING (
    is_system() OR has_role('administrator')
    OR staff_id = current_setting('app.actor', true)
    OR (has_role('worker') AND organisation = current_setting('app.organisation', true))
    OR coordinates(organisation));
CREATE POLICY kept ON people FOR INSERT WITH CHECK (is_system() OR has_role('administrator'));
CREATE POLICY changed ON people FOR UPDATE USING (is_system() OR has_role('administrator'));

ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON messages FOR SELECT USING (
    is_system() OR (has_role('coordinator')
                    AND EXISTS (SELECT FROM people p WHERE p.staff_id = messages.staff_id)));
CREATE POLICY kept ON messages FOR INSERT WITH CHECK (is_system());
CREATE POLICY changed ON messages FOR UPDATE USING (is_system());

ALTER TABLE answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE answers FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON answers FOR SELECT USING (
    is_system() OR (has_role('coordinator')
                    AND EXISTS (SELECT FROM people p WHERE p.staff_id = answers.staff_id)));
CREATE POLICY kept ON answers FOR INSERT WITH CHECK (is_system());
CREATE POLICY changed ON answers FOR UPDATE USING (is_system());

ALTER TABLE codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE codes FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON codes USING (is_system());
ALTER TABLE replies ENABLE ROW LEVEL SECURITY;
ALTER TABLE replies FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON replies USING (is_system());
"""


def upgrade() -> None:
    """Everything notify owns."""
    for statements in (PLUMBING, REGISTER, TOLD, ANSWERED, SEEN, grants("notify")):
        script(statements)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
