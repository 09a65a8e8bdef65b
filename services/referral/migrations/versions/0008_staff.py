"""Who serves where, as notify says it; and the keyed digests of who is excluded from a case.

Until notify has said everybody nobody is known, and whoever asks finds nothing.
"""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import STAFF

revision = "0008"
down_revision = "0007"

EXCLUDED = """
ALTER TABLE service_request ADD COLUMN excluded_digests text[] NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    """The local copy of the register, and a column."""
    script(STAFF + EXCLUDED + grants("referral"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
