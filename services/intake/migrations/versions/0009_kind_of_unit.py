"""Of what kind the organisation of each member of staff is: a police unit is excluded as a whole.

Notify says everybody anew by itself; until then no unit is excluded for one of its members.
"""

from shared.runtime.migrate import script
from shared.runtime.plumbing import STAFF_KIND

revision = "0009"
down_revision = "0008"

BY_TAG = "CREATE INDEX staff_police ON staff USING gin (tags) WHERE organisation_kind = 'police';"


def upgrade() -> None:
    """A column that the release before neither reads nor writes."""
    script(STAFF_KIND + BY_TAG)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
