"""The plumbing's tables in one step, and one table of the service's own."""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import ASKED, WHOLE

revision = "0001"
down_revision = None


def upgrade() -> None:
    """All of it."""
    script(f"{WHOLE} {ASKED} CREATE TABLE thrown (what text PRIMARY KEY); {grants('throwaway')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
