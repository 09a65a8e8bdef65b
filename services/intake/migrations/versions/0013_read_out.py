"""Readings over the telephone: an operator reads out to the case holder, and both have read.

Each of the two has a row of their own, under the check by which notify knew the holder's voice.
"""

from shared.runtime.migrate import script

revision = "0013"
down_revision = "0012"

READ_OUT = """
ALTER TABLE disclosures
    ADD COLUMN read_out_by text,       -- the operator, in both rows
    ADD COLUMN check_id text,          -- of notify: two digits of the holder's PIN were right
    ADD CHECK ((read_out_by IS NULL) = (check_id IS NULL)),
    ADD CHECK (read_out_by IS NULL OR basis = 'ticket');
"""


def upgrade() -> None:
    """Columns that may be empty: the release before reads nothing out."""
    script(READ_OUT)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
