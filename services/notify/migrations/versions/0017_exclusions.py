"""Who must not learn of an incident, where more was said than when it was reported.

As long as the offers and notices of the incident. Sealed: opened at every send, never stored open.
"""

from shared.runtime.migrate import grants, script

revision = "0017"
down_revision = "0016"

EXCLUSIONS = """
CREATE TABLE exclusions (
    incident_id text PRIMARY KEY,
    excluded_people text NOT NULL,     -- above what came with an offer or a notice
    version bigint NOT NULL,           -- the incident's
    heard_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """A table that the release before does not know: it goes by what came with the offer."""
    script(EXCLUSIONS + grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
