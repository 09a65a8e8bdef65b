"""Near matches: whoever is hit by what was said, then names that sound alike, five at most."""

from typing import Any

import pytest
from typer.testing import CliRunner

from services.notify import cli
from services.notify.people import cli as people_cli
from services.notify.people.model import Person
from services.notify.people.near import MOST, nearest

WHERE = ("notify", "POST", "/people/matches")


def person(name: str) -> Person:
    """An entry of the register."""
    return Person(
        staff_id=f"st-{name}",
        name=name,
        organisation="desk",
        organisation_kind="crisis-centre",
        roles=frozenset({"worker"}),
        languages=("ky",),
    )


REGISTER = [
    person(name)
    for name in (
        "Гульнара Асанова", "Гүлмира Асанбекова", "Торобек Шамшиев", "Нурлан Осмонов",
        "Асель Токтоева", "Александр Лосев", "Виктор Цой",
    )
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("Гүлнара Асан кызы", "Гульнара Асанова"),
        ("Гуля", "Гульнара Асанова"),
        ("Турабек Шамшиев", "Торобек Шамшиев"),
        ("Alexander Losev", "Александр Лосев"),
        ("Нурлон Османов", "Нурлан Осмонов"),
        ("капитан Осмонов из отдела", "Нурлан Осмонов"),
    ],
)
def test_who_is_meant_comes_first(said: str, first: str) -> None:
    """Also under a spelling or a short form that hits nobody."""
    assert [each.name for each in nearest(said, REGISTER)][:1] == [first]


@pytest.mark.parametrize("said", ["Бермет Рыскулова", "начальник", "王", ""])
def test_nobody_is_offered_who_has_no_such_name(said: str) -> None:
    """Whoever asks learns no names by asking for any."""
    assert nearest(said, REGISTER) == []


def test_never_more_than_five() -> None:
    """However many have the name."""
    many = [person(f"Нурлан Осмонов {number}") for number in range(9)]
    assert len(nearest("Нурлан Осмонов", many)) == MOST == 5


def test_the_command_shows_names_and_organisations(monkeypatch: pytest.MonkeyPatch) -> None:
    """``tirek people matches``: whom notify answers, or that it is nobody."""
    answers = [[{"name": "Гульнара Асанова", "organisation": "desk"}], []]
    asked: list[Any] = []

    def call(*where: str, body: Any) -> Any:
        asked.append((*where, body))
        return {"matches": answers.pop(0)}

    monkeypatch.setattr(cli, "call", call)
    found = CliRunner().invoke(people_cli.people, ["matches", "Гуля", "--organisation", "desk"])
    assert found.output.strip() == "Гульнара Асанова, desk"
    nobody = CliRunner().invoke(people_cli.people, ["matches", "Гуля", "--raion", "41704245"])
    assert "nobody" in nobody.output
    assert asked == [
        (*WHERE, {"name": "Гуля", "organisation": "desk", "raion": None}),
        (*WHERE, {"name": "Гуля", "organisation": None, "raion": "41704245"}),
    ]
