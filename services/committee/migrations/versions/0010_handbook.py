"""The handbook: links and files by language. It is nobody's own: roles alone say who reads it."""

from shared.runtime.migrate import grants, script

revision = "0010"
down_revision = "0009"

HANDBOOK = """
CREATE TABLE handbook (
    entry_id text PRIMARY KEY,
    language text NOT NULL,
    title text NOT NULL,
    position int NOT NULL,               -- in the list of its language
    url text,
    kind text,                           -- of a file: pdf, odt, docx
    size int,                            -- octets
    content bytea,
    saved_at timestamptz NOT NULL,
    saved_by text NOT NULL,
    CHECK (num_nonnulls(url, content) = 1),
    CHECK (num_nonnulls(kind, size, content) IN (0, 3)),
    CHECK (octet_length(content) <= 1048576)
);
-- a packed file gains nothing by being packed again
ALTER TABLE handbook ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE handbook ENABLE ROW LEVEL SECURITY;
ALTER TABLE handbook FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON handbook FOR SELECT USING (true);
CREATE POLICY kept ON handbook USING (is_system() OR has_role('administrator'));
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(f"{HANDBOOK} {grants('committee')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
