"""Devices: telephones of officers. One that has ended is kept 90 days."""

from shared.runtime.migrate import grants, script

revision = "0003"
down_revision = "0002"

DEVICES = """
CREATE TABLE device_codes (
    staff_id text PRIMARY KEY CHECK (staff_id <> 'system'),
    code_hash bytea NOT NULL UNIQUE,   -- keyed
    issued_by text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX device_codes_swept ON device_codes (expires_at);
CREATE TABLE devices (
    device_id text PRIMARY KEY,        -- a handle: it opens nothing
    staff_id text NOT NULL CHECK (staff_id <> 'system'),
    secret_hash bytea NOT NULL UNIQUE, -- SHA-256 of what the cookie holds
    pin text NOT NULL,                 -- Argon2id of a keyed hash
    wrong int NOT NULL DEFAULT 0,      -- PINs in a row that were not it
    registered_at timestamptz NOT NULL,
    used_at timestamptz,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text,
    ending text,
    CHECK ((ended_at IS NULL) = (ending IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX devices_of ON devices (staff_id) WHERE ended_at IS NULL;
CREATE INDEX devices_swept ON devices (least(ended_at, expires_at));
"""
OWN = """
ALTER TABLE {0} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {0} FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON {0} USING (is_system()) WITH CHECK (is_system());
"""


def upgrade() -> None:
    """Tables that the release before does not know."""
    script(DEVICES + OWN.format("device_codes") + OWN.format("devices") + grants("console"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
