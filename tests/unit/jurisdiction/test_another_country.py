"""Nothing Kyrgyz is code: a made-up country loads from its own files and behaves as they say."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.errors import Invalid
from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction, load_jurisdiction

ROOT = Path(__file__).parents[3]
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def isles() -> Jurisdiction:
    """Two depths of territory, one language, clocks that change."""
    return load_jurisdiction(Path(__file__).parent / "isles")


def test_one_line_of_code_says_which_country_it_is_where_nobody_says_so() -> None:
    """All others ask the setting: services, demo, smoke, containers, the command."""
    named = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("shared", "services", "deploy", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"""jurisdictions/kg|["']kg["']""", line)
    ]
    assert named == ['shared/settings.py: JURISDICTION = Path("deploy/jurisdictions/kg")']


def test_places_are_as_deep_as_the_country_says(isles: Jurisdiction) -> None:
    """Isle and parish; a code of ten is not one of one; unlisted is unknown here."""
    places = isles.territories
    assert isles.area_name("0101", "ky") == "North Isle"
    assert places.area("10") == "10"
    assert places.area("") == ""
    assert places.place("1000").prefix == "10"
    with pytest.raises(Invalid):
        places.place("0102")


def test_working_time_follows_clocks_that_change(isles: Jurisdiction) -> None:
    """The Sunday in March is an hour short, so four working hours end on the next Saturday."""
    start = datetime(2026, 3, 8, 0, 0, tzinfo=isles.zone)
    ack = isles.timers("bed", Urgency.HIGH).ack
    assert isles.deadline("bed", start, ack) == datetime(2026, 3, 14, 1, 0, tzinfo=isles.zone)
    assert isles.deadline("constable", start, ack) == start.astimezone(UTC) + 4 * HOUR


def test_one_language_serves_everybody(isles: Jurisdiction) -> None:
    """Its words are the only ones understood."""
    assert isles.texts.sms("taken", "ru", {"label": "T", "code": "K7M2QXB"}).startswith(
        "T: K7M2QXB"
    )
    assert "да" not in isles.texts.answers
