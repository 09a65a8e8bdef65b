"""Facts have a number, and say by which transaction they were changed: a process that keeps its own
copy of them reads what is not in it. They are set right, and none is ever taken away."""

from shared.runtime.migrate import script

revision = "0010"
down_revision = "0009"

CHANGED = """
CREATE FUNCTION say_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    NEW.changed := pg_current_xact_id();
    RETURN NEW;
END $$;
"""
NUMBERED = """
ALTER TABLE {table}
    ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN changed xid8 NOT NULL DEFAULT '0';
CREATE UNIQUE INDEX {table}_number ON {table} (number);
CREATE INDEX {table}_changed ON {table} (changed);
CREATE TRIGGER changed BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION say_changed();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Both tables. The release before writes a row again that is as it was: slower, and right."""
    tables = "request_facts", "offer_facts"
    script(CHANGED + "".join(NUMBERED.format(table=each) for each in tables))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
