"""Who looked at what, and of which incident each service request is. Ids and codes only."""

from services.audit.append_only import append_only
from shared.runtime.migrate import script

revision = "0006"
down_revision = "0005"

VIEWS = """
CREATE TABLE views (
    event_id text PRIMARY KEY,
    at timestamptz NOT NULL,         -- when the console was asked
    what text NOT NULL,
    kind text NOT NULL,
    record text,                     -- an id, where one was shown, or asked for
    staff_id text,                   -- who did it; of a refused link or sign-in, whose that is
    organisation text,               -- theirs at that time
    session_id text,
    found boolean,
    times int NOT NULL,
    reason text
);
CREATE INDEX views_when ON views (at, event_id);
CREATE INDEX views_of_records ON views (record, at, event_id) WHERE record IS NOT NULL;
CREATE INDEX views_of_staff ON views (staff_id, at, event_id);
CREATE INDEX views_of_organisations ON views (organisation, at, event_id);
CREATE INDEX views_of_sessions ON views (session_id) WHERE what = 'signed-in';
CREATE TABLE cases (
    service_request_id text PRIMARY KEY,
    incident_id text NOT NULL
);
CREATE INDEX cases_of_incidents ON cases (incident_id);
GRANT SELECT, INSERT ON views, cases TO tirek_audit;
"""


def upgrade() -> None:
    """Both, written once."""
    script(f"{VIEWS} {append_only('views', 'cases')}")


def downgrade() -> None:
    """Migrations only go forward."""
    raise NotImplementedError
