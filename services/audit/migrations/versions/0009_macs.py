"""Rows that are written once bear a MAC of who wrote them, and a checkpoint counts the outages.

Nothing that was released has such rows. Where some are all the same, they are vouched for as they
stand, here and once, with the key of the service's outbox (``TIREK_KEYS_DIR``).
"""

from collections.abc import Mapping
from typing import Any

import orjson
from alembic import op

from services.audit.settings import AuditSettings
from services.audit.store.proofs import CHECKPOINT, FINDING, HEARD, OUTAGE
from shared.events.canonical import canonical
from shared.macs import Macs, Value
from shared.runtime.migrate import script

revision = "0009"
down_revision = "0008"

SAID = (
    *("event_id", "source", "producer_seq", "time", "received_at", "channel", "cause"),
    *("service_request_id", "offer_id", "words", "heard_at"),
)
COLUMNS = {
    "heard": HEARD,
    "said": SAID,
    "findings": FINDING,
    "outages": OUTAGE,
    "checkpoints": CHECKPOINT,
}
ADDED = """
ALTER TABLE {table} DISABLE TRIGGER written_once;
ALTER TABLE {table} ADD COLUMN mac_key text, ADD COLUMN mac bytea;
"""
COUNTED = """
ALTER TABLE heard ADD COLUMN worded boolean NOT NULL DEFAULT false;  -- `said` has words of it
UPDATE heard SET worded = true WHERE EXISTS (SELECT FROM said WHERE event_id = heard.event_id);
ALTER TABLE heard ALTER COLUMN worded DROP DEFAULT;
ALTER TABLE checkpoints ADD COLUMN outages bigint NOT NULL DEFAULT 0;
ALTER TABLE checkpoints ALTER COLUMN outages DROP DEFAULT;
"""
REQUIRED = """
ALTER TABLE {table} ALTER COLUMN mac_key SET NOT NULL, ALTER COLUMN mac SET NOT NULL;
ALTER TABLE {table} ENABLE TRIGGER written_once;
"""


def upgrade() -> None:
    """The columns, and from now on no row without. Raises `KeyFileError` where there are rows, and
    no key to vouch for them with."""
    script("".join(ADDED.format(table=each) for each in COLUMNS) + COUNTED)
    for table, columns in COLUMNS.items():
        _vouch(table, columns)
    script("".join(REQUIRED.format(table=each) for each in COLUMNS))


def _vouch(table: str, columns: tuple[str, ...]) -> None:
    bind = op.get_bind()
    named = ", ".join(columns).replace("words", "words::text")
    rows = (
        bind.exec_driver_sql(f"SELECT {named}, ctid::text AS place FROM {table}").mappings().all()
    )
    if not rows:
        return
    macs = Macs.of(AuditSettings.load().keys_dir)
    given = [(*macs.row(table, *_values(dict(row), columns)), row["place"]) for row in rows]
    bind.exec_driver_sql(
        f"UPDATE {table} SET mac_key = $1, mac = $2 WHERE ctid = $3::text::tid", given
    )


def _values(row: Mapping[str, Any], columns: tuple[str, ...]) -> list[Value]:
    return [
        canonical(orjson.loads(row[each])) if each == "words" else row[each] for each in columns
    ]


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
