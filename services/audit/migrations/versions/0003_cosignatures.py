"""Cosignatures: what witnesses gave for checkpoints, the first of each for good."""

from services.audit.append_only import append_only
from shared.runtime.migrate import script

revision = "0003"
down_revision = "0002"

COSIGNATURES = """
CREATE TABLE cosignatures (
    size bigint NOT NULL REFERENCES checkpoints,
    key text NOT NULL,               -- the witness's, as policies write it
    line text NOT NULL,
    at timestamptz NOT NULL,         -- by the witness's clock, which is not ours
    received_at timestamptz NOT NULL,
    PRIMARY KEY (size, key)
);
CREATE INDEX cosignatures_newest ON cosignatures (key, size);
GRANT SELECT, INSERT ON cosignatures TO tirek_audit;
"""


def upgrade() -> None:
    """The table, written once."""
    script(f"{COSIGNATURES} {append_only('cosignatures')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
