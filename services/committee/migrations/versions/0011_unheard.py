"""A matter that is linked to an incident is hidden until intake has said whom that excludes."""

from shared.runtime.migrate import script

revision = "0011"
down_revision = "0010"

UNHEARD = """
ALTER TABLE matters
    ADD COLUMN heard boolean NOT NULL DEFAULT true,  -- whom its incident excludes, if it has one
    ADD COLUMN linked_by text;                       -- who alone sees it until then
"""


def upgrade() -> None:
    """A constant default: no row is rewritten, and what was linked before stays as it is shown."""
    script(UNHEARD)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
