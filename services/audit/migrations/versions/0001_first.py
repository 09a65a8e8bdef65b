"""The plumbing's tables in one step; what was heard, the tree over it, and what was found."""

from services.audit.append_only import REFUSE, TABLES, append_only
from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import ASKED, LEASES_AND_LOCKS, MACS, PARKED_PROVEN, WHOLE

revision = "0001"
down_revision = None

HEARD = """
-- every event that its producer vouched for, by its outside alone; no row tells of a person
CREATE TABLE heard (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL,
    source text NOT NULL,
    producer_seq bigint NOT NULL,
    prev text NOT NULL,
    digest text NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    time timestamptz NOT NULL,
    said_at timestamptz NOT NULL,    -- when the act was received, where this producer received it
    appended_at timestamptz,         -- by the broker's clock, at the first reading
    heard_at timestamptz NOT NULL,
    entry bytea NOT NULL,            -- what the leaf's hash covers: canonical JSON
    hash bytea NOT NULL UNIQUE
);
CREATE INDEX heard_numbers ON heard (source, producer_seq);
CREATE INDEX heard_ids ON heard (event_id);
CREATE INDEX heard_aggregates ON heard (source, subject, producer_seq);
CREATE INDEX heard_coming ON heard (source, appended_at);
CREATE TABLE waiting (id bigint PRIMARY KEY REFERENCES heard);  -- what has no leaf yet
CREATE TABLE chains (
    source text PRIMARY KEY,
    begun_at timestamptz NOT NULL,   -- when its first event was heard
    first bigint,                    -- the first number that it could still show then
    upto bigint                      -- up to which number each was heard, or its lack was found
);
"""
TREE = """
CREATE TABLE leaves (
    index bigint PRIMARY KEY,
    heard_id bigint NOT NULL UNIQUE REFERENCES heard,
    hash bytea NOT NULL
);
-- full ones alone: what a growing one holds follows from the leaves, or from the level below
CREATE TABLE tiles (
    level int NOT NULL,
    number bigint NOT NULL,
    hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
    hash bytea NOT NULL,             -- over all of them: what stands at the level above
    PRIMARY KEY (level, number)
);
CREATE TABLE heads (
    size bigint PRIMARY KEY,
    root bytea NOT NULL,
    grown_at timestamptz NOT NULL
);
CREATE TABLE checkpoints (
    size bigint PRIMARY KEY REFERENCES heads,
    note text NOT NULL,
    signed_at timestamptz NOT NULL
);
"""
FOUND = """
CREATE TABLE findings (
    finding_id text PRIMARY KEY,
    kind text NOT NULL,
    producer text NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    event_id text,
    found_at timestamptz NOT NULL,
    UNIQUE (kind, producer, first, last)
);
CREATE INDEX findings_when ON findings (found_at, finding_id);
-- in which nothing new came of a producer, and then its events in their order
CREATE TABLE outages (
    producer text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    first bigint NOT NULL,           -- the first number that came after it
    PRIMARY KEY (producer, since)
);
"""


def upgrade() -> None:
    """All of it."""
    plumbing = f"{WHOLE} {ASKED} {LEASES_AND_LOCKS} {PARKED_PROVEN} {MACS}"
    own = f"{REFUSE} {HEARD} {TREE} {FOUND}"
    script(f"{plumbing} {own} {grants('audit')} {append_only(*TABLES)}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
