"""The raion of an offer's case: its coordinators are told whom to call, wherever that is."""

from shared.runtime.migrate import script

revision = "0012"
down_revision = "0011"

RAION = """
ALTER TABLE offers ADD COLUMN territory text;    -- SOATE, never finer than a raion
"""


def upgrade() -> None:
    """A column that may be empty: offers of the release before have none."""
    script(RAION)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
