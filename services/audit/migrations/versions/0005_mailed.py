"""Days on which the newest checkpoint was sent to organisations by e-mail."""

from services.audit.append_only import append_only
from shared.runtime.migrate import script

revision = "0005"
down_revision = "0004"

MAILED = """
CREATE TABLE mailed (
    day date PRIMARY KEY,            -- of the country's calendar
    size bigint NOT NULL REFERENCES checkpoints,
    mailed_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON mailed TO tirek_audit;
"""


def upgrade() -> None:
    """The table, written once."""
    script(f"{MAILED} {append_only('mailed')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
