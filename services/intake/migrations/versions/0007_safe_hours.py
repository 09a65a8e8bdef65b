"""Why a number was read when a call was not safe; and a number is not read without its hours."""

from shared.runtime.migrate import script

revision = "0007"
down_revision = "0006"

# Whoever may read a number has it bound to the hours of the safe contact, whether or not they may
# read the rest of it: what is opened for that is not answered.
SAFE_HOURS = """
ALTER TABLE disclosures ADD COLUMN outside_hours text CHECK (outside_hours IN ('danger-to-life'));
ALTER POLICY recorded ON person_data USING (EXISTS (
    SELECT FROM disclosures d JOIN persons p USING (incident_id)
    WHERE p.person_id = person_data.person_id
      AND d.written_in = pg_current_xact_id_if_assigned()
      AND d.staff_id = current_setting('app.actor', true)
      AND (person_data.field_group = ANY (d.field_groups)
           OR (person_data.field_group = 'safe-contact' AND 'contact' = ANY (d.field_groups)))));
"""


def upgrade() -> None:
    """A column that may be empty, and a rule that shows one group more to who shows it nobody."""
    script(SAFE_HOURS)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
