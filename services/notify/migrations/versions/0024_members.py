"""Whoever sits in a committee sees who else does, and its secretary enters them, in no other role.

Beside the policies that there are: the release before knows neither role.
"""

from shared.runtime.migrate import script

revision = "0024"
down_revision = "0023"

MEMBERS = """
CREATE FUNCTION enters(place text, roles text[]) RETURNS boolean LANGUAGE sql STABLE
    RETURN has_role('secretary') AND roles = '{member}'
        AND place = current_setting('app.organisation', true);
CREATE POLICY committee_seen ON people FOR SELECT USING (
    (has_role('secretary') OR has_role('member'))
    AND organisation = current_setting('app.organisation', true));
CREATE POLICY member_kept ON people FOR INSERT WITH CHECK (enters(organisation, roles));
CREATE POLICY member_changed ON people FOR UPDATE USING (enters(organisation, roles));
"""


def upgrade() -> None:
    """Policies and a function alone: no row is rewritten."""
    script(MEMBERS)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
