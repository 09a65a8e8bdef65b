"""PINs by which a desk knows whom it has called, and who asked whom for digits.

The askings are kept 3 years, as evidence; a PIN until another is set.
"""

from shared.runtime.migrate import grants, script

revision = "0022"
down_revision = "0021"

PINS = """
CREATE TABLE telephone_pins (
    staff_id text PRIMARY KEY,
    pin_id text NOT NULL,
    kid text NOT NULL,
    proofs text[] NOT NULL,            -- keyed hashes of two digits each; the PIN itself is nowhere
    asked int[],
    heard int[],
    wrong timestamptz[] NOT NULL,
    set_at timestamptz NOT NULL
);
CREATE TABLE telephone_checks (
    check_id text PRIMARY KEY,
    staff_id text NOT NULL,
    checked_by text NOT NULL,
    organisation text NOT NULL,
    checked_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('asked', 'right', 'wrong'))
);
CREATE INDEX telephone_checks_swept ON telephone_checks USING brin (checked_at);
ALTER TABLE telephone_pins ENABLE ROW LEVEL SECURITY;
ALTER TABLE telephone_pins FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON telephone_pins
    USING (is_system() OR staff_id = current_setting('app.actor', true));
ALTER TABLE telephone_checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE telephone_checks FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON telephone_checks USING (is_system());
"""


def upgrade() -> None:
    """Tables that the release before does not know."""
    script(PINS + grants("notify"))


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
