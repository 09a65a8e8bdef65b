"""Aid that a committee decided on: to nobody by name, but of the matter that it was decided in."""

from shared.runtime.migrate import grants, script

revision = "0007"
down_revision = "0006"

AID = """
CREATE TABLE aid (
    entry_id text PRIMARY KEY,           -- the caller's
    committee_id text NOT NULL REFERENCES committees,
    matter_id text NOT NULL REFERENCES matters,
    decision_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('cash', 'house', 'documents', 'other')),
    som bigint CHECK (som > 0),
    source text NOT NULL,
    given_on date NOT NULL,
    public_id text,                      -- of a service request, where there is one
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    first_id text NOT NULL,              -- entries end and are replaced: see 0006
    first_at timestamptz NOT NULL,
    replaces text REFERENCES aid,
    ended_at timestamptz,
    ended_by text,
    ended_because text,
    CHECK (kind <> 'cash' OR som IS NOT NULL),
    CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE UNIQUE INDEX aid_holds ON aid (first_id) WHERE ended_at IS NULL;
CREATE INDEX aid_on ON aid (committee_id, given_on, entry_id);
CREATE INDEX aid_of ON aid (matter_id);
ALTER TABLE aid ENABLE ROW LEVEL SECURITY;
ALTER TABLE aid FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON aid
    USING (is_system() OR (is_own(committee_id) AND NOT is_hidden(matter_id)));
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(AID + grants("committee"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
