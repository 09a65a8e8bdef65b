"""Tables of the plumbing, in each service's schema: outbox, inbox, parked records, bus state.

They came in steps, and each service that was there has a migration a step. A service that is new
runs `WHOLE` in its first migration, and then comes to no step of these again.
"""

from shared.clock import REAL
from shared.outbox import KEPT_DAYS

PLUMBING = """
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL UNIQUE,
    type text NOT NULL,
    key text NOT NULL,
    subject text NOT NULL,
    time timestamptz NOT NULL,
    correlation_id text NOT NULL,
    causation_id text,
    aggregate_version bigint NOT NULL,
    document bytea NOT NULL,
    producer_seq bigint UNIQUE,
    prev text,
    digest text,
    published_at timestamptz,
    partition int,
    "offset" bigint,
    CHECK ((producer_seq IS NULL) = (digest IS NULL) AND (producer_seq IS NULL) = (prev IS NULL)),
    CHECK (published_at IS NULL OR producer_seq IS NOT NULL)
);
-- the relay looks for what is unpublished, never for ids above the last one seen:
-- a sequence's numbers commit out of order
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_swept ON outbox (published_at) WHERE published_at IS NOT NULL;

CREATE TABLE inbox (
    event_id text PRIMARY KEY,
    received_at timestamptz NOT NULL
);
CREATE INDEX inbox_swept ON inbox (received_at);

CREATE TABLE parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    partition int NOT NULL,
    "offset" bigint NOT NULL,
    key bytea NOT NULL,
    headers text[] NOT NULL,
    value bytea NOT NULL,
    reason text NOT NULL,
    parked_at timestamptz NOT NULL,
    redriven_at timestamptz,
    UNIQUE (topic, partition, "offset")
);
CREATE INDEX parked_keys ON parked (key) WHERE redriven_at IS NULL;
"""

REDRIVE_AND_BUS = """
-- a person asked for this record's key to be tried again, how often it was, and why it was given up
ALTER TABLE parked ADD COLUMN asked_at timestamptz;
ALTER TABLE parked ADD COLUMN tries int NOT NULL DEFAULT 0;
ALTER TABLE parked ADD COLUMN dropped_because text;
CREATE INDEX parked_asked ON parked (key) WHERE asked_at IS NOT NULL AND redriven_at IS NULL;

-- how far Kafka has acknowledged: a cluster that holds less has lost what was said
CREATE TABLE bus (
    partition int PRIMARY KEY,
    cluster text NOT NULL,
    acknowledged bigint NOT NULL
);
"""
"""The plumbing's second step: each service's ``0002_plumbing`` runs it."""

PARKED_APART = """
ALTER TABLE parked ADD COLUMN dropped_at timestamptz;
-- after a loss of the cluster offsets begin anew: place alone would take another record for this
-- one, and lose it. No release has parked anything under the old constraint.
ALTER TABLE parked ADD COLUMN appended_at timestamptz;
ALTER TABLE parked DROP CONSTRAINT parked_topic_partition_offset_key;
CREATE UNIQUE INDEX parked_record
    ON parked (topic, partition, "offset", appended_at) NULLS NOT DISTINCT;
"""
"""The plumbing's third step: each service's ``0003_parked`` runs it."""

PARKED_ANY_KEY = """
-- whoever writes to a topic chooses the key, and a b-tree takes no key beyond 2,704 bytes
DROP INDEX parked_keys;
CREATE INDEX parked_keys ON parked USING hash (key) WHERE redriven_at IS NULL;
DROP INDEX parked_asked;
CREATE INDEX parked_asked ON parked (asked_at, id)
    WHERE asked_at IS NOT NULL AND redriven_at IS NULL;
"""
"""The plumbing's fourth step: each service's ``0004_parked_any_key`` runs it."""

STAFF = """
CREATE TABLE staff (
    staff_id text PRIMARY KEY,
    organisation text NOT NULL,
    roles text[] NOT NULL,
    active boolean NOT NULL,
    tags text[] NOT NULL,
    version bigint NOT NULL,
    heard_at timestamptz NOT NULL
);
"""
"""What `shared.security.staff` keeps, in the schema of each service that shows cases to people."""

STAFF_KIND = """
-- of where they serve; null of whom the release before has said
ALTER TABLE staff ADD COLUMN organisation_kind text;
"""

INBOX_SOURCE = """
-- whose event it was: an id that another service says is another event, and somebody's forgery.
-- Null in what the release before writes.
ALTER TABLE inbox ADD COLUMN source text;
"""
"""The plumbing's fifth step: each service's ``inbox_source`` runs it."""

ASKED = """
-- up to which number all that each producer said to us was found here, and when it was asked
CREATE TABLE asked (
    producer text PRIMARY KEY,
    seq bigint NOT NULL,
    asked_at timestamptz NOT NULL
);
"""
"""A step that each reader's ``asked`` runs."""

LEASES_AND_LOCKS = """
-- who does what one process alone may do, see shared/lease.py
CREATE TABLE leases (
    name text PRIMARY KEY,
    holder int,  -- pid of its session; null: nobody
    epoch bigint NOT NULL,
    beat bigint NOT NULL,
    -- makes of the epoch a key: who relies on one holds the row against the next, not against beats
    UNIQUE (name, epoch)
);
-- what one transaction at a time may do, see shared/locks.py
CREATE TABLE locks (name text PRIMARY KEY);
"""
"""A step that each service's ``leases`` runs."""

PARKED_PROVEN = """
-- whether its service is proven to have said it: nothing waits behind what is not
ALTER TABLE parked ADD COLUMN proven boolean NOT NULL DEFAULT true;
CREATE INDEX parked_apart ON parked (parked_at) WHERE NOT proven;
"""
"""A step that each service's ``proven`` runs."""

MACS = f"""
-- what proves that a process of the service said the row, and that its relay gave it its number;
-- and since when the relay refuses it
ALTER TABLE outbox
    ADD COLUMN mac bytea, ADD COLUMN mac_key text, ADD COLUMN number_mac bytea,
    ADD COLUMN refused_at timestamptz,
    ADD CHECK ((mac IS NULL) = (mac_key IS NULL)),
    ADD CHECK (refused_at IS NULL OR published_at IS NULL);
-- The service's role deletes nothing before its time, by when it was said, which that role cannot
-- change, and by a clock that it cannot turn; nor the newest number, which the next event follows.
-- No function in place of the right to delete: the release before deletes what is old enough, too.
CREATE FUNCTION outbox_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    newest bigint;
BEGIN
    IF current_user <> 'tirek_' || TG_TABLE_SCHEMA THEN
        RETURN OLD;
    END IF;
    EXECUTE format('SELECT max(producer_seq) FROM %I.outbox', TG_TABLE_SCHEMA) INTO newest;
    IF OLD.published_at IS NULL OR OLD.producer_seq = newest
        OR greatest(OLD.published_at, OLD.time) > ({REAL}) - interval '{KEPT_DAYS} days'
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'permission denied: this row is kept';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER outbox_kept BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_kept();
"""
"""A step that each service's ``macs`` runs, before `grants`."""

WHOLE = PLUMBING + REDRIVE_AND_BUS + PARKED_APART + PARKED_ANY_KEY + INBOX_SOURCE
"""All steps so far. Fixed: what comes next is a step of its own, also for whoever ran this."""
