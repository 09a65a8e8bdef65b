"""Of what kind the organisation of each member of staff is, as in every copy of the register."""

from shared.runtime.migrate import script
from shared.runtime.plumbing import STAFF_KIND

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """A column that the release before neither reads nor writes."""
    script(STAFF_KIND)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
