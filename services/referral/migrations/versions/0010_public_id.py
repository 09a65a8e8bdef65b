"""A service request has a public id: what people call it by, and what opens nothing.

A row that has none yet gets one here. So does one that the release before still writes, by the
column's default; it draws one at every save, and those that were not needed are never used.
"""

from shared.runtime.migrate import grants, script

revision = "0010"
down_revision = "0009"

PUBLIC_ID = """
SELECT set_config('app.actor', 'system', true);

-- every one that was ever given
CREATE TABLE public_id (
    public_id text PRIMARY KEY CHECK (public_id ~ '^[2345679BCHKMPTX]{6}$')
);
ALTER TABLE public_id ENABLE ROW LEVEL SECURITY;
ALTER TABLE public_id FORCE ROW LEVEL SECURITY;
CREATE POLICY written ON public_id USING (is_system());

CREATE FUNCTION new_public_id() RETURNS text LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    octets bytea;
    drawn text;
BEGIN
    LOOP
        octets := uuid_send(gen_random_uuid());  -- its first six octets are random
        SELECT string_agg(substr('2345679BCHKMPTX', get_byte(octets, n) % 15 + 1, 1), '')
        INTO drawn FROM generate_series(0, 5) n;
        INSERT INTO public_id VALUES (drawn) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN drawn;
        END IF;
    END LOOP;
END $$;

ALTER TABLE service_request ADD COLUMN public_id text;
UPDATE service_request SET public_id = new_public_id();
ALTER TABLE service_request
    ALTER COLUMN public_id SET DEFAULT new_public_id(),
    ALTER COLUMN public_id SET NOT NULL;
CREATE UNIQUE INDEX service_request_public_id ON service_request (public_id);
"""


def upgrade() -> None:
    """A table, a column, and an id for what has none: some seconds for 100,000 rows."""
    script(PUBLIC_ID + grants("referral"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
