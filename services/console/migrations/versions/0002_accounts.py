"""Accounts: what proves who somebody is, and how often somebody else has guessed it.

An account stands until it is reset. Guesses are kept a day, places 90 days. A sign-in name is kept
as a keyed hash: nobody learns from these tables what anybody is called.
"""

from shared.runtime.migrate import grants, script

revision = "0002"
down_revision = "0001"

ACCOUNTS = """
CREATE TABLE accounts (
    staff_id text PRIMARY KEY CHECK (staff_id <> 'system'),
    login_hash bytea NOT NULL UNIQUE,
    password text NOT NULL,            -- Argon2id with its salt and costs
    seed_kid text NOT NULL,
    seed bytea NOT NULL,               -- of one-time passwords, encrypted
    last_step bigint NOT NULL,         -- the last one-time password taken: none is taken twice
    created_at timestamptz NOT NULL,
    last_signed_in_at timestamptz
);
CREATE TABLE recovery_codes (
    staff_id text NOT NULL REFERENCES accounts ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (staff_id, code_hash)
);
CREATE TABLE invitations (
    staff_id text PRIMARY KEY CHECK (staff_id <> 'system'),
    secret_hash bytea NOT NULL UNIQUE,
    seed_kid text NOT NULL,
    seed bytea NOT NULL,
    invited_by text NOT NULL,
    invited_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX invitations_swept ON invitations (expires_at);
CREATE TABLE resets (
    staff_id text PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL
);
-- wrong guesses at a name from a place, and from that place at all
CREATE TABLE guesses (
    scope bytea PRIMARY KEY,           -- keyed hash
    times int NOT NULL,
    since timestamptz NOT NULL
);
CREATE INDEX guesses_swept ON guesses (since);
-- where somebody has signed in: there no stranger's guesses keep them out
CREATE TABLE places (
    scope bytea PRIMARY KEY,           -- keyed hash of person and place
    seen_at timestamptz NOT NULL
);
CREATE INDEX places_swept ON places (seen_at);
"""
TABLES = ("accounts", "recovery_codes", "invitations", "resets", "guesses", "places")
OWN = """
ALTER TABLE {0} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {0} FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON {0} USING (is_system()) WITH CHECK (is_system());
"""


def upgrade() -> None:
    """Tables that the release before does not know."""
    script(ACCOUNTS + "".join(OWN.format(table) for table in TABLES) + grants("console"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
