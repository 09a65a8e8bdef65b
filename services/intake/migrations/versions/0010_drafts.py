"""Reports that somebody is still writing: sealed, theirs alone, gone 72 hours after a change.

An ended draft loses its text with the act that ends it (``sealed`` is null), and its row as soon as
its key is destroyed.
"""

from shared.runtime.migrate import grants, script

revision = "0010"
down_revision = "0009"

DRAFTS = """
CREATE TABLE drafts (
    draft_id text PRIMARY KEY,
    owner text NOT NULL,               -- staff id in the token of who writes it
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    sealed bytea
);
CREATE INDEX drafts_of_owner ON drafts (owner, changed_at DESC, draft_id DESC);
CREATE INDEX drafts_by_age ON drafts (changed_at);
CREATE INDEX drafts_ended ON drafts (draft_id) WHERE sealed IS NULL;
ALTER TABLE drafts ENABLE ROW LEVEL SECURITY;
ALTER TABLE drafts FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON drafts USING (owner = current_setting('app.actor', true));
CREATE POLICY looked_for ON drafts FOR SELECT USING (is_system());
CREATE POLICY held ON drafts FOR UPDATE USING (is_system()) WITH CHECK (false);  -- to lock, only
CREATE POLICY swept ON drafts FOR DELETE USING (is_system());
"""


def upgrade() -> None:
    """A table that the release before does not know."""
    script(DRAFTS + grants("intake"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
