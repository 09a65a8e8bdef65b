"""By what another report of the same survivor is known.

They live as long as the incident; nobody without the key of tags can tell whose they are. They are
of a kind of their own: no tag of an accused or of staff is among them. Whoever erases a survivor
deletes these rows too.
"""

from shared.runtime.migrate import grants, script

revision = "0008"
down_revision = "0007"

SURVIVORS = """
CREATE TABLE survivors (
    tag text NOT NULL,                 -- keyed: a number, or two words of a name and a raion
    received_at timestamptz NOT NULL,
    incident_id text NOT NULL REFERENCES incidents,
    PRIMARY KEY (tag, received_at, incident_id)
);
CREATE INDEX survivors_of_incident ON survivors (incident_id);
ALTER TABLE survivors ENABLE ROW LEVEL SECURITY;
ALTER TABLE survivors FORCE ROW LEVEL SECURITY;
CREATE POLICY held_against ON survivors USING (is_system());  -- nobody looks a survivor up
"""


def upgrade() -> None:
    """A table that the release before does not know: what it takes is nobody's repeat."""
    script(SURVIVORS + grants("intake"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
