"""A jurisdiction that cannot be right stops the start, with one line that says where."""

import shutil
from pathlib import Path

import pytest

from shared.errors import Halt
from shared.jurisdiction import load_jurisdiction
from shared.jurisdiction.config_files import BadFile


@pytest.mark.parametrize(
    ("file", "right", "wrong", "told"),
    [
        ("policies.yaml", "ack: PT5M", "ack: 5 minutes", "timers.police-protection.immediate.ack"),
        ("policies.yaml", "ack: PT5M", "ack: PT0S", "timers.police-protection.immediate.ack"),
        ("policies.yaml", "  legal-aid:", "  legal-ade:", "legal-ade"),
        ("policies.yaml", "  default:", "  health2:", "timers.default is missing"),
        ("policies.yaml", "hold_at_most", "hold_at_least", "hold_at_least"),
        ("jurisdiction.yaml", "Asia/Bishkek", "Asia/Frunze9", "timezone: Asia/Frunze9"),
        ("jurisdiction.yaml", "undo_seconds: 120", "undo_seconds: false", "undo_seconds"),
        ("jurisdiction.yaml", "[0, 3, 7", "[3, 0, 7", "age_bands"),
        ("jurisdiction.yaml", "ground: child-protection", "ground: whim", "whim"),
        ("jurisdiction.yaml", "service_type: police-protection", "service_type: x", "duties"),
        ("jurisdiction.yaml", '"09:00-13:00"', '"9-13"', "working_week.mo.0"),
        ("jurisdiction.yaml", "neutral_level: raion", "neutral_level: county", "county"),
        ("jurisdiction.yaml", "digits: 8", "digits: 4", "coarsest"),
        ("service_types.yaml", "kinds: [health-facility]", "kinds: [clinic]", "clinic"),
        ("risk.yaml", "  - id: injury", "  - id: weapon", "stands twice"),
        ("risk.yaml", "high: 6", "high: 60", "high must not be above"),
        ("holidays.yaml", '"08-31", to', '"08-41", to', "yearly.4.from"),
        ("territories.csv", "41704210000000,", "41704210000,", "41704210000"),
        ("territories.csv", "soate,level", "code,level", "columns missing: soate"),
        ("territories.csv", "41704220000000,", "41704210000000,", "stands twice"),
        ("territories.csv", "41704210000000,raion,41704", "41704210000000,raion,41705", "parent"),
        ("territory_names.csv", "41704210000000", "41704211000000", "41704211000000"),
        ("messages/ru.yaml", "уже не нужно.", "уже" + "ы" * 60, "sms.answer-too-late: "),
        ("messages/ru.yaml", "  taken: ", "  taken2: ", "taken2"),
        ("messages/ru.yaml", '  taken: "{label}: {code}: ', '  taken: "{label}: ', "sms.taken"),
        ("messages/ru.yaml", "раньше, в {time}.", "раньше.", "email.answer-taken"),
        ("messages/ru.yaml", 'shown: "НЕТ"', 'shown: "ДА"', "one meaning"),
        ("messages/en.yaml", 'shown: "NO"', "shown: NO", "reply_words.reject.shown"),
        ("messages/en.yaml", "language: en", "language: de", "language: must be en"),
        ("messages/en.yaml", "language: en", "language: en\nlanguage: en", "stands twice"),
    ],
)
def test_the_line_names_file_and_field(
    kg_folder: Path, tmp_path: Path, file: str, right: str, wrong: str, told: str
) -> None:
    """One word made wrong in a copy of the country: the start stops there."""
    folder = tmp_path / "kg"
    shutil.copytree(kg_folder, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(BadFile) as stopped:
        load_jurisdiction(folder)
    assert stopped.value.path == folder / file
    assert told in str(stopped.value)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "line"),
    [
        ("policies.yaml", "ack: PT5M", "ack: soon", "immediate: {ack: soon"),
        ("policies.yaml", "  legal-aid:", "  legal-ade:", "  legal-ade:"),
        ("risk.yaml", "    weight: 5\n    floor: high", "    weight: much", "weight: much"),
        ("jurisdiction.yaml", "Asia/Bishkek", "Asia/Frunze9", "Frunze9"),
        ("jurisdiction.yaml", '"09:00-13:00"', '"9-13"', '"9-13"'),
        ("territories.csv", "41704210000000,", "41704210000,", "41704210000,"),
        ("messages/ru.yaml", "раньше, в {time}.", "раньше.", "answer-taken:"),
    ],
)
def test_the_line_of_the_file_is_named(
    kg_folder: Path, tmp_path: Path, file: str, right: str, wrong: str, line: str
) -> None:
    """Whoever made the mistake finds it in their editor."""
    folder = tmp_path / "kg"
    shutil.copytree(kg_folder, folder)
    text = (folder / file).read_text(encoding="utf-8").replace(right, wrong, 1)
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as stopped:
        load_jurisdiction(folder)
    numbers = [number for number, each in enumerate(text.splitlines(), 1) if line in each]
    assert any(f"(line {number})" in str(stopped.value) for number in numbers)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """And it is a `Halt`: no service starts without its jurisdiction."""
    with pytest.raises(Halt, match=r"jurisdiction\.yaml: cannot be read"):
        load_jurisdiction(tmp_path)
