"""Contacts that were shown to be read, and the checks by which they are.

A check is kept a day.
"""

from shared.runtime.migrate import grants, script

revision = "0021"
down_revision = "0020"

CONTACTS = """
ALTER TABLE people ADD phone_verified_at timestamptz, ADD email_verified_at timestamptz;

-- whoever writes the entry, the release before too: another number is not the one that was verified
CREATE FUNCTION unverify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.phone IS DISTINCT FROM old.phone THEN new.phone_verified_at = NULL; END IF;
    IF new.email IS DISTINCT FROM old.email THEN new.email_verified_at = NULL; END IF;
    RETURN new;
END $$;
CREATE TRIGGER unverify BEFORE UPDATE ON people FOR EACH ROW
    WHEN (new.phone IS DISTINCT FROM old.phone OR new.email IS DISTINCT FROM old.email)
    EXECUTE FUNCTION unverify();

CREATE TABLE contact_checks (
    staff_id text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('sms', 'email')),
    message_id text NOT NULL,          -- the code is derived from it
    destination text NOT NULL,
    sent_at timestamptz NOT NULL,
    tries int NOT NULL,
    sendings int NOT NULL,
    counted_since timestamptz NOT NULL,
    PRIMARY KEY (staff_id, channel)
);
CREATE INDEX contact_checks_swept ON contact_checks USING brin (sent_at);
ALTER TABLE contact_checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_checks FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON contact_checks USING (is_system());
"""


def upgrade() -> None:
    """Columns that may be empty, and a table that the release before does not know."""
    script(CONTACTS + grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
