"""The plumbing's tables in one step, and sessions.

A session that has ended is kept 90 days: who was signed in, when and where. No name stands here.
"""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import WHOLE

revision = "0001"
down_revision = None

SESSIONS = """
CREATE TABLE sessions (
    session_id text PRIMARY KEY,       -- a handle: it opens nothing
    secret_hash bytea NOT NULL UNIQUE, -- SHA-256 of what the cookie holds
    staff_id text NOT NULL CHECK (staff_id <> 'system'),
    organisation text NOT NULL,
    roles text[] NOT NULL,
    territories text[] NOT NULL,
    language text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('desk', 'shared', 'officer')),
    csrf text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    idle_until timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    checked_at timestamptz NOT NULL,   -- when the register was last asked
    ended_at timestamptz,
    ended_by text,
    ending text,
    CHECK ((ended_at IS NULL) = (ending IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX sessions_of ON sessions (staff_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_past ON sessions (idle_until) WHERE ended_at IS NULL;
CREATE INDEX sessions_swept ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- nobody but the console itself has anything here: its pages ask as the system, for one person
CREATE FUNCTION is_system() RETURNS boolean LANGUAGE sql STABLE
    RETURN current_setting('app.actor', true) = 'system';
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sessions USING (is_system()) WITH CHECK (is_system());
"""


def upgrade() -> None:
    """All of it."""
    script(f"{WHOLE} {SESSIONS} {grants('console')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
