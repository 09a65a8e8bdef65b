"""Operators of a desk meet the offers to the organisations that they answer for; what they look up
is kept.
"""

from shared.runtime.migrate import grants, script

revision = "0016"
down_revision = "0015"

DESKS = """
CREATE FUNCTION serves_for(asked text[]) RETURNS boolean LANGUAGE sql STABLE
    RETURN coalesce(
        asked && string_to_array(nullif(current_setting('app.serves_for', true), ''), ','), false);

ALTER POLICY known ON service_request USING (
    is_system()
    OR (is_ours(asked) OR coordinates(territory) OR serves_for(asked))
       AND NOT hides(incident_id, excluded_staff)
       AND NOT hides_from_theirs(excluded_organisations, excluded_places));
ALTER POLICY known ON offer USING (
    is_system()
    OR EXISTS (SELECT FROM service_request r WHERE r.id = service_request_id
               AND (is_ours(ARRAY[organisation]) OR serves_for(ARRAY[organisation])
                    OR coordinates(r.territory))));

CREATE TABLE desk_lookup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    staff_id text NOT NULL,
    public_id text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX desk_lookup_of ON desk_lookup (staff_id, at);
ALTER TABLE desk_lookup ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk_lookup FORCE ROW LEVEL SECURITY;
CREATE POLICY written ON desk_lookup USING (is_system());
"""


def upgrade() -> None:
    """A rule more, and a table. The release before has no operators."""
    script(DESKS + grants("referral"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
