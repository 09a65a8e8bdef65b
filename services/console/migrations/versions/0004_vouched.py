"""Whether more than one administrator stands behind an account: only such ones reset others."""

from shared.runtime.migrate import script

revision = "0004"
down_revision = "0003"

VOUCHED = """
ALTER TABLE invitations ADD COLUMN vouched boolean NOT NULL DEFAULT false;
ALTER TABLE accounts ADD COLUMN vouched boolean NOT NULL DEFAULT true;
ALTER TABLE accounts ALTER COLUMN vouched SET DEFAULT false;
"""


def upgrade() -> None:
    """Who has an account keeps what they could do; the release before makes ones that cannot."""
    script(VOUCHED)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
