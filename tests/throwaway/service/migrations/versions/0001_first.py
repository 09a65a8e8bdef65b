"""The plumbing's tables in one step, and one table of the service's own."""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import ASKED, LEASES_AND_LOCKS, MACS, PARKED_PROVEN, WHOLE

revision = "0001"
down_revision = None


def upgrade() -> None:
    """All of it."""
    own = "CREATE TABLE thrown (what text PRIMARY KEY);"
    steps = f"{WHOLE} {ASKED} {LEASES_AND_LOCKS} {PARKED_PROVEN} {MACS}"
    script(f"{steps} {own} {grants('throwaway')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
