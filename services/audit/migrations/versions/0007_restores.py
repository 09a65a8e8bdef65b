"""Services whose database came back from a backup, as each said itself."""

from services.audit.append_only import append_only
from shared.runtime.migrate import script

revision = "0007"
down_revision = "0006"

RESTORES = """
CREATE TABLE restores (
    event_id text PRIMARY KEY,
    source text NOT NULL,
    backup_at timestamptz NOT NULL,  -- nothing later was in it
    goes_on_from bigint NOT NULL,    -- numbers from here on are given out once more
    restored_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON restores TO tirek_audit;
"""


def upgrade() -> None:
    """The table, written once."""
    script(f"{RESTORES} {append_only('restores')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
