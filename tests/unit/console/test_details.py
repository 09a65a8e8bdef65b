"""What a page says of somebody's numbers: whether to call at all, before any number."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.local.stack import ROOT
from services.console.frame.rendering import clocks, environment
from services.console.frame.sparse import sparse
from services.console.frame.statics import Statics
from services.console.frame.vocabulary import Words
from services.intake.handlers.forms import forms
from shared.jurisdiction import Jurisdiction, load_jurisdiction
from tests.support.visitor import Page

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
PAGE = """{% from "case/details.html" import details with context %}
{{ details(disclosed, forms, words, "/again") }}"""
UNSAFE, DANGER = "NOT SAFE TO CALL NOW", "Her life is in danger: show the number"
MASKED = {"masked_phone": "…99", "safe_now": False}
FREE = {"phone": "+996000500999", "safe_now": True, "safe_until": NOW.isoformat()}


@pytest.fixture(scope="module")
def kg() -> Jurisdiction:
    """The country whose words the page has."""
    return load_jurisdiction(ROOT / "deploy/jurisdictions/kg")


def shown(kg: Jurisdiction, data: dict[str, Any]) -> Page:
    """A page with these groups on it."""
    disclosed = {"data": data, "groups": [name.replace("_", "-") for name in data]}
    lists: dict[str, Any] = {"languages": [], "access_needs": []}
    text = environment(Statics()).from_string(PAGE)
    return Page(
        text.render(
            disclosed=sparse(disclosed),
            forms=forms(kg, "en").model_dump(mode="json"),
            words=Words(lists),
            desk=SimpleNamespace(token=""),
            **clocks(ZoneInfo("Asia/Bishkek"), NOW),
        )
    )


@pytest.mark.parametrize(
    ("data", "unsafe", "button"),
    [
        ({"contact": MASKED}, True, True),
        ({"safe_contact": {"channel": "none", "days": []}}, True, False),
        ({"safe_contact": {"channel": "none", "days": []}, "contact": MASKED}, True, True),
        ({"safe_contact": {"expired": True, "safe_now": False, "days": []}}, True, True),
        ({"safe_contact": {"channel": "call", **FREE}, "contact": MASKED}, True, True),
        ({"contact": FREE | {"safe_now": False}}, True, False),
        ({"safe_contact": {"channel": "call", **FREE}, "contact": FREE}, False, False),
        ({"contact": {"phone": "+996000500999"}}, False, False),
        ({"identity": {"name": "Айсулуу Үлгү"}}, False, False),
    ],
)
def test_a_number_that_is_not_to_be_called_says_so(
    kg: Jurisdiction, data: dict[str, Any], unsafe: bool, button: bool
) -> None:
    """Whatever group it comes from; one that is masked is shown when her life is in danger."""
    page = shown(kg, data)
    assert (UNSAFE in page.text) is unsafe
    assert any(words == DANGER for form in page.forms for words, *_ in form.buttons) is button
    free = "Safe to call now" in page.text
    assert free is (not unsafe and FREE in data.values())


def test_all_that_was_allowed_stands_there_in_words_and_what_was_not_is_named(
    kg: Jurisdiction,
) -> None:
    """Whom to beware of, where they serve, how to reach her; no code."""
    accused = {"name": "Бакыт Үлгү", "relation": "husband", "phone": "+996000500998"}
    safe = {"channel": "call", "days": ["mo", "we"], "opens": "10:00", "closes": "12:00"} | FREE
    page = shown(
        kg,
        {
            "risk": {
                "immediate_danger": True,
                "danger_signs": ["strangulation"],
                "accused": [accused | {"organisation": "police-suzak"}],
            },
            "safe_contact": safe,
            "story": {"occurred_at": "2026-11-22T21:30:00+06:00", "text": "Кеңеш алгысы келет."},
            "health": {"access_needs": ["wheelchair"]},
        },
    )
    for words in ("Бакыт Үлгү, husband", "police-suzak", "+996000500998", "Monday, Wednesday"):
        assert words in page.text, page.text
    for words in ("10:00–12:00", "22.11.2026 21:30", "when it was reported", "wheelchair"):
        assert words in page.text, page.text
    assert "Not allowed name, age, language; telephone number; address;" in page.text
