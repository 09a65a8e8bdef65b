"""Terms that are over: a committee that is approved anew was approved before, and counts so.

``terms`` are all there are, each with the last day on which it held; they never meet.
"""

from shared.runtime.migrate import grants, script

revision = "0009"
down_revision = "0008"

TERMS = """
CREATE TABLE past_terms (
    committee_id text NOT NULL REFERENCES committees,
    term_from date NOT NULL,
    term_to date NOT NULL,               -- on which it ended, whatever was approved
    order_no text NOT NULL,
    order_on date NOT NULL,
    chair text,                          -- staff ids, when it ended
    secretary text,
    kept_at timestamptz NOT NULL,
    kept_by text NOT NULL,
    PRIMARY KEY (committee_id, term_from),
    CHECK (term_from <= term_to)
);
ALTER TABLE past_terms ENABLE ROW LEVEL SECURITY;
ALTER TABLE past_terms FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON past_terms
    USING (is_system() OR EXISTS (
        SELECT FROM committees WHERE committees.committee_id = past_terms.committee_id));
CREATE VIEW terms WITH (security_invoker = true) AS
    SELECT committee_id, term_from, least(term_to, ended_on - 1) AS term_to FROM committees
    UNION ALL
    SELECT committee_id, term_from, term_to FROM past_terms;
"""


def upgrade() -> None:
    """A table and a view that the release before does not know."""
    script(f"{TERMS} {grants('committee')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
