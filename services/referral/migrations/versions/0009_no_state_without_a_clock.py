"""An offer in progress has a review, and a new case holder a time to take over.

What was in progress before is reviewed as if its policy had said 30 days, counted from its yes. The
columns are new ones, also for what the clock waits for: the release before knows none of it, and
goes on as it did.
"""

from shared.runtime.migrate import script

revision = "0009"
down_revision = "0008"

CLOCKS = """
SELECT set_config('app.actor', 'system', true);

ALTER TABLE offer
    ADD COLUMN handed_at timestamptz,
    ADD COLUMN take_over_by timestamptz,
    ADD COLUMN look_at timestamptz;
ALTER TABLE service_request ADD COLUMN next_look timestamptz;
CREATE INDEX service_request_awaited ON service_request (least(next_due, next_look))
    WHERE least(next_due, next_look) IS NOT NULL;
-- whoever leaves may hold some
CREATE INDEX offer_person ON offer (person)
    WHERE status IN ('accepted', 'in-progress', 'on-hold');

UPDATE offer SET look_at = coalesce(accepted_at, requested_at) + interval '30 days'
WHERE status = 'in-progress';
UPDATE service_request r SET next_look = o.look_at
FROM offer o WHERE o.service_request_id = r.id AND o.status = 'in-progress';
"""


def upgrade() -> None:
    """New columns, and a review for what had none."""
    script(CLOCKS)


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
