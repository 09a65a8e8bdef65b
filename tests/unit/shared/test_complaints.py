"""Complaints: what is wrong with a value, in words that one can act on, in one's own language."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import pytest
from pydantic import Field, TypeAdapter, ValidationError

from deploy.local.stack import ROOT
from shared.complaints import EMPTY, OTHER, PATTERNS, plain
from shared.events.words import Urgency
from shared.http.languages import Languages, preferred
from shared.http.problems import problem
from shared.http.schemas import Code, Strict
from shared.jurisdiction.config_files import BadFile
from shared.jurisdiction.wording import Wording, read_wording
from shared.settings import Environment
from shared.times import Instant
from tests.support.apps import applications


class Sent(Strict):
    """Fields of the kinds that bodies have."""

    code: Code | None = None
    name: Annotated[str, Field(min_length=1, max_length=5)] | None = None
    channel: Literal["sms", "call", "none"] | None = None
    urgency: Annotated[Urgency, Field(strict=False)] | None = None
    years: Annotated[int, Field(ge=0, le=120)] | None = None
    at: Instant | None = None
    many: Annotated[list[int], Field(max_length=1)] | None = None
    fed: bool | None = None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"code": "Ы!"}, "must be small Latin letters, digits and hyphens"),
        ({"name": ""}, EMPTY),
        ({"name": "секретно"}, "must have at most 5 characters"),
        ({"channel": "fax"}, "must be one of sms, call, none"),
        ({"urgency": "soon"}, "must be one of immediate, high, standard"),
        ({"years": -1}, "must be at least 0"),
        ({"years": 500}, "must be at most 120"),
        ({"years": "много"}, "must be a whole number"),
        ({"at": "вчера"}, "must be a time with its zone, like 2026-11-23T14:05:00+06:00"),
        ({"many": [1, 2]}, "must hold at most 1"),
        ({"many": 1}, "must be a list"),
        ({"fed": "yes"}, "must be true or false"),
        ({"other": 1}, "is not known here"),
    ],
)
def test_each_kind_is_said_as_one_would_say_it(sent: dict[str, Any], said: str) -> None:
    """No pattern, no type of a program, and nothing of what was sent."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Sent).validate_json(json.dumps(sent))
    (error,) = refused.value.errors()
    assert plain(error) == said


def test_what_is_of_no_known_kind_is_still_no_riddle() -> None:
    """A library's new kind, or one without what it promises."""
    assert plain({"type": "brand_new", "msg": "^[a-z]+$"}) == OTHER
    assert plain({"type": "string_too_long"}) == OTHER


def test_nobody_repeats_what_a_library_says() -> None:
    """Over HTTP, in files, in settings: every complaint goes through the one that is plain."""
    told = [
        path.relative_to(ROOT).as_posix()
        for folder in ("services", "shared", "deploy")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"""\[["']msg["']\]""", path.read_text(encoding="utf-8"))
    ]
    assert not told


def test_every_pattern_over_http_has_its_words(tmp_path: Path) -> None:
    """Else a caller would read that something is to be written otherwise, and not how."""

    def patterns(schema: Any) -> Iterator[str]:
        if isinstance(schema, dict):
            if isinstance(schema.get("pattern"), str):
                yield schema["pattern"]
            for value in schema.values():
                yield from patterns(value)
        elif isinstance(schema, list):
            for value in schema:
                yield from patterns(value)

    apps = applications(tmp_path, Environment.DEMO)
    found = {each for app in apps.values() for each in patterns(app.openapi())}
    assert found
    assert found <= set(PATTERNS)


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        (None, None),
        ("", None),
        ("ru", "ru"),
        ("ru-KG, en;q=0.8", "ru"),
        ("en;q=0.5, ky;q=0.9", "ky"),
        ("de, fr", None),
        ("RU", "ru"),
        ("ru;q=0", None),
        ("ru;q=nonsense, ky", "ky"),
        ("ru;q=1;q=2, ky;q=0.1", "ky"),
        (";;;,,,=", None),
    ],
)
def test_the_language_that_is_preferred(header: str | None, asked: str | None) -> None:
    """By weight, then by place; of a region the language counts; nonsense is passed over."""
    assert preferred(header, ("ky", "ru", "en")) == asked


@pytest.fixture
def wording(tmp_path: Path) -> Wording:
    """Two sentences in one language."""
    (tmp_path / "ru.yaml").write_text(
        'language: ru\nproof_read: false\nsaid:\n  "Not found": "Не найдено"\n'
        '  "must be one of {}": "одно из: {}"\n  "must be one of {} or {}": "{} или {}"\n',
        encoding="utf-8",
    )
    return read_wording(tmp_path, ("ky", "ru", "en"))


def test_a_sentence_is_filled_in_and_one_that_is_missing_stays_english(wording: Wording) -> None:
    """The more particular one first; a language without a file has none."""
    assert wording.say("Not found", "ru") == "Не найдено"
    assert wording.say("must be one of a, b", "ru") == "одно из: a, b"
    assert wording.say("must be one of a or b", "ru") == "a или b"
    for english, language in (("never heard of", "ru"), ("Not found", "ky"), ("Not found", "en")):
        assert wording.say(english, language) == english


@pytest.mark.parametrize("said", ['"a {}": "b"', '"a": "b {}"', '"a": ""', '"a {}": "{} {}"'])
def test_a_sentence_that_loses_what_is_filled_in_is_refused(tmp_path: Path, said: str) -> None:
    """By name, when the files are read."""
    text = f"language: ru\nproof_read: false\nsaid: {{{said}}}\n"
    (tmp_path / "ru.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile):
        read_wording(tmp_path, ("ru",))


async def test_a_refusal_is_said_in_the_language_that_is_asked_for(wording: Wording) -> None:
    """Whoever made it; without a language it is as it was, to the byte."""
    errors = [{"field": "urgency", "message": "must be one of a, b"}]
    plain_problem = problem(404, "Not found", detail="as it is", errors=errors)
    transport = httpx.ASGITransport(Languages(plain_problem, lambda: wording))
    async with httpx.AsyncClient(transport=transport, base_url="http://any") as http:
        as_it_was = await http.get("/")
        answer = await http.get("/", headers={"Accept-Language": "ru"})
    assert as_it_was.content == plain_problem.body
    assert answer.status_code == 404
    assert answer.headers["content-language"] == "ru"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.json() == {
        "type": "about:blank",
        "title": "Не найдено",
        "status": 404,
        "detail": "as it is",
        "errors": [{"field": "urgency", "message": "одно из: a, b"}],
    }
