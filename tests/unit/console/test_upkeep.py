"""Keys that grow old are said to be, and so are those that do not say how old they are."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.console.upkeep import sealing_keys

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def test_the_newest_key_of_a_service_counts(tmp_path: Path) -> None:
    """A year after it was made it is due; the older ones beside it are not asked about."""

    def made(days: int) -> int:
        return int((NOW - timedelta(days=days)).timestamp())

    keys = [
        {"kid": "intake.1", "iat": made(800)},
        {"kid": "intake.2", "iat": made(3)},
        {"kid": "notify.1", "iat": made(366)},
        {"kid": "referral.1"},
    ]
    (tmp_path / "seal.public.json").write_text(json.dumps({"keys": keys}), encoding="utf-8")
    found = {each.service: each.is_due(NOW) for each in sealing_keys(tmp_path)}
    assert found == {"intake": False, "notify": True, "referral": True}
