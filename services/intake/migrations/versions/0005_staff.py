"""Staff as they were heard of, and the tags of everybody who must not learn of an incident.

``staff`` is a copy: who left stays in it, because whoever is excluded may come back. The tags of an
incident live as long as the incident; nobody without the key of tags can tell whose they are.
"""

from shared.runtime.migrate import grants, script
from shared.runtime.plumbing import STAFF

revision = "0005"
down_revision = "0004"

# Beside ``known``, and both must hold. A release that sets no ``app.tags`` sees what it saw before:
# it writes no tags either, and hides by the columns that it knows.
TAGGED = """
ALTER TABLE incidents ADD COLUMN excluded_tags text[] NOT NULL DEFAULT '{}';
CREATE POLICY untagged ON incidents AS RESTRICTIVE
    USING (NOT excluded_tags
           && string_to_array(coalesce(current_setting('app.tags', true), ''), ','))
    WITH CHECK (true);  -- a report is taken even from somebody it then hides from
"""


def upgrade() -> None:
    """What intake keeps of the register of staff, and hides by."""
    script(STAFF + TAGGED + grants("intake"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
