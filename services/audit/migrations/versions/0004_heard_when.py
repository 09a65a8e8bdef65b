"""When audit itself heard what it keeps: what belongs to it has its time to come from then on."""

from shared.runtime.migrate import script

revision = "0004"
down_revision = "0003"

HEARD_AT = "ALTER TABLE said ADD COLUMN heard_at timestamptz;"


def upgrade() -> None:
    """Of what is here already nothing is known: the time that it says stands for it."""
    script(HEARD_AT)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
