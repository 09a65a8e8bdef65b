"""Origins: under which names the ledger went on after it had parted from its witnesses, and what
witnesses say that does not fit."""

from services.audit.append_only import append_only
from shared.runtime.migrate import script

revision = "0008"
down_revision = "0007"

ORIGINS = """
-- the first is in the settings, and has no row
CREATE TABLE origins (
    number int PRIMARY KEY CHECK (number > 1),
    origin text NOT NULL UNIQUE,
    since bigint NOT NULL,           -- checkpoints of more leaves than that are signed under it
    parted_at bigint NOT NULL,       -- up to how many leaves both sides are known to be one
    begun_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON origins TO tirek_audit;
CREATE TABLE contradictions (
    origin text NOT NULL,
    key text NOT NULL,               -- the witness's, as policies write it
    size bigint NOT NULL,            -- leaves that it knows otherwise
    signed boolean NOT NULL,         -- whether the other tree bears the ledger's own signature
    found_at timestamptz NOT NULL,
    PRIMARY KEY (origin, key, size, signed)
);
GRANT SELECT, INSERT ON contradictions TO tirek_audit;
-- whoever says that it knows more leaves than there are here, until it cosigns again
CREATE TABLE ahead (
    key text PRIMARY KEY,
    size bigint NOT NULL,
    said_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ahead TO tirek_audit;
"""


def upgrade() -> None:
    """What was found is written once."""
    script(f"{ORIGINS} {append_only('origins', 'contradictions')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
