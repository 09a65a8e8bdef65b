"""What each producer said and came is known up to a number."""

from shared.runtime.migrate import script
from shared.runtime.plumbing import ASKED

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """A step of the plumbing's."""
    script(ASKED + "GRANT SELECT, INSERT, UPDATE ON asked TO tirek_intake;")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
