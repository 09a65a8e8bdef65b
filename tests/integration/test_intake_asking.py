"""What a page that asks for a report is given."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from tests.support.intake import Intake, running, staff

CHILD = {"witness": True, "age": 8}


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


def choices(answer: Any) -> Iterator[dict[str, str]]:
    """Every code of an answer with its words."""
    if isinstance(answer, dict):
        if "code" in answer:
            yield answer
        answer = list(answer.values())
    for each in answer if isinstance(answer, list) else ():
        yield from choices(each)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
async def test_every_code_of_a_report_has_words(intake: Intake, language: str) -> None:
    """In each language; and every question, whether somebody may be told, is one."""
    spoken = {"Accept-Language": language}
    answer = await intake.ask("GET", "/forms", staff("reporter"), headers=spoken)
    found = answer.json()
    lists = [name for name, value in found.items() if isinstance(value, list)]
    assert [name for name in lists if not found[name]] == []
    unsaid = {each["code"] for each in choices(found) if each["label"] == each["code"]}
    assert {each for each in unsaid if language != "en" or "-" in each} == set()
    assert all(each["ask"].endswith("?") for each in found["kinds"])
    assert all(each["scope"] and each["kinds"] for each in found["needs"])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, ["nothing that was said makes it more urgent"]),
        ({"danger_signs": ["strangulation"]}, ["one such sign is enough for this urgency"]),
        (
            {"danger_signs": ["getting-worse", "leaving"], "children": [CHILD]},
            ["all signs together weigh enough for this urgency"],
        ),
        (
            {"immediate_danger": True, "danger_signs": ["weapon"], "needs": ["police-protection"]},
            [
                "somebody is in danger now: call 102 or 112 first",
                "one such sign is enough for this urgency",
            ],
        ),
    ],
)
async def test_a_preview_says_what_the_report_then_comes_to(
    intake: Intake, said: dict[str, Any], why: list[str]
) -> None:
    """Urgency with its reasons, and every need, by the same rules; nothing is kept of it."""
    caller = staff()
    body = {"needs": ["shelter"], "danger_signs": []} | said
    english = {"Accept-Language": "en"}
    seen = await intake.ask("POST", "/assessments", caller, json=body, headers=english)
    assert seen.json()["why"] == why
    assert await intake.count("incidents", "entered_by = $1", caller.staff_id) == 0
    taken = await intake.take(caller, **body, consents=[])
    assert seen.json()["urgency"] == taken["urgency"]
    opened = [each for each in seen.json()["needs"] if each["asked"] or each["ground"]]
    assert [(each["code"], each["urgency"]) for each in opened] == [
        (each["service_type"], each["urgency"]) for each in taken["needs"]
    ]
    waiting = {each["code"] for each in opened if each["waits"]}
    assert waiting == {
        each["service_type"] for each in taken["needs"] if each["progress"] == "awaiting-consent"
    }


async def test_a_preview_shows_clocks_that_run_and_what_waits_for_a_consent(
    intake: Intake,
) -> None:
    """Care that nobody asked for yet, while it still works; police, whom no law lets us call."""
    at = datetime.now(UTC) - timedelta(hours=100)
    body = {"immediate_danger": True, "sexual_violence_at": at.isoformat()}
    seen = (await intake.ask("POST", "/assessments", staff(), json=body)).json()
    assert [(each["code"], each["asked"]) for each in seen["clocks"]] == [
        ("emergency-contraception", False)
    ]
    assert datetime.fromisoformat(seen["clocks"][0]["until"]) == at + timedelta(hours=120)
    assert [(each["code"], each["asked"], each["waits"]) for each in seen["needs"]] == [
        ("police-protection", False, True)
    ]
    ahead = {"sexual_violence_at": (at + timedelta(days=9)).isoformat()}
    assert (await intake.ask("POST", "/assessments", staff(), json=ahead)).status_code == 422


async def test_a_place_is_found_by_its_name_in_any_spelling(intake: Intake) -> None:
    """With all that it lies in, in the caller's language; or walked to, link by link."""
    russian = {"Accept-Language": "ru"}
    for typed in ("Төрт-Көл", "торт кол", "Tort-Kol", "ТЕРТ-КЕЛЬ", "терткел"):
        answer = await intake.ask(
            "GET", "/territories", staff(), params={"q": typed}, headers=russian
        )
        found = answer.json()["places"]
        assert found[0]["code"] == "41706255876000", typed
        assert [each["label"] for each in found[0]["path"]] == [
            "Ошская область",
            "Узгенский район",
        ]
        assert [each["code"] for each in found if each["exact"]] == ["41706255876000"]
        assert len(found) <= 10
    here: str | None = None
    for code in ("41706000000000", "41706255000000", "41706255876000"):
        params = {} if here is None else {"under": here}
        answer = await intake.ask("GET", "/territories", staff(), params=params)
        (step,) = [each for each in answer.json()["places"] if each["code"] == code]
        assert step["more"] == (code != "41706255876000")
        here = code
    wrong = await intake.ask("GET", "/territories", staff(), params={"under": "999"})
    assert [each["field"] for each in wrong.json()["errors"]] == ["under"]
