"""Reports as the model reads them."""

from datetime import UTC, datetime
from typing import Any

from services.intake.model.report import Report, Reporter, Survivor

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def reported(**fields: Any) -> Report:
    """A report by staff about a grown woman, with nothing else in it."""
    named: dict[str, Any] = {
        "reporter": Reporter(kind="staff"),
        "received_by_channel": "phone",
        "territory": "41704245845020",
        "immediate_danger": False,
        "needs": ("crisis-counselling",),
        "danger_signs": (),
        "survivor": Survivor(language="ky", age=34),
        "language": "ky",
    }
    return Report(**(named | fields))
