"""What has been kept long enough can be deleted, by the service alone.

Rows lie in the order of their times, so a block range index finds the old ones and costs next to
nothing when one is written.
"""

from shared.runtime.migrate import script

revision = "0014"
down_revision = "0013"

SWEPT = """
CREATE POLICY swept ON messages FOR DELETE USING (is_system());
CREATE POLICY swept ON answers FOR DELETE USING (is_system());
CREATE POLICY swept ON number_readings FOR DELETE USING (is_system());
CREATE INDEX messages_swept ON messages USING brin (queued_at);
CREATE INDEX answers_swept ON answers USING brin (received_at);
CREATE INDEX alerts_swept ON alerts USING brin (requested_at);
CREATE INDEX replies_swept ON replies USING brin (received_at);
"""


def upgrade() -> None:
    """The release before deletes none of these, and goes on as it did."""
    script(SWEPT)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
