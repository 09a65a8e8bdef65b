"""Files as spreadsheets and Windows editors save them are read as they are meant."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.backup import erasures
from deploy.samples.load import HERE as SAMPLES
from deploy.samples.load import load_people, read_report
from services.referral.directory.file import read_directory
from shared.jurisdiction import Jurisdiction, load_jurisdiction
from shared.jurisdiction.config_files import MARK, BadFile, read_csv

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


def by_excel(text: str, delimiter: str = ";", quoting: int = csv.QUOTE_ALL) -> str:
    """A table as a spreadsheet saves it, with empty rows below."""
    out = io.StringIO(newline="")
    rows = list(csv.reader(io.StringIO(text)))
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")  # type: ignore[arg-type]
    writer.writerows(rows)
    return MARK + out.getvalue() + delimiter * (len(rows[0]) - 1) + "\r\n\r\n"


def by_notepad(text: str) -> str:
    """A text as Windows' own editor saves it."""
    return MARK + text.replace("\n", "\r\n")


def saved(folder: Path, into: Path, change: Callable[[Path, str], str]) -> Path:
    """A copy of a folder, every file of it saved by another program."""
    code = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(folder, into, ignore=code)
    for path in into.rglob("*.*"):
        path.write_bytes(change(path, path.read_text(encoding="utf-8")).encode())
    return into


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_a_country_that_went_through_a_spreadsheet_is_the_same(
    kg: Jurisdiction, kg_folder: Path, tmp_path: Path, delimiter: str, quoting: int
) -> None:
    """Tables with a mark, semicolons, quotes and CRLF; texts with a mark and CRLF."""

    def change(path: Path, text: str) -> str:
        return by_excel(text, delimiter, quoting) if path.suffix == ".csv" else by_notepad(text)

    found = load_jurisdiction(saved(kg_folder, tmp_path / "kg", change))
    assert found.territories == kg.territories
    assert (found.profile, found.policies, found.holidays) == (kg.profile, kg.policies, kg.holidays)
    assert (found.checklist, found.texts) == (kg.checklist, kg.texts)


def test_directory_people_reports_and_the_register_of_erasures_too(
    kg: Jurisdiction, tmp_path: Path
) -> None:
    """Whatever a person may have opened in an editor; and a report that comes through a pipe."""
    folder = saved(SAMPLES, tmp_path / "samples", lambda _, text: by_notepad(text))
    there = read_directory(SAMPLES / "directory.yaml", kg)
    assert read_directory(folder / "directory.yaml", kg) == there
    assert load_people(folder / "people.yaml") == load_people()
    text = (SAMPLES / "incidents" / "12-late-yes.yaml").read_text(encoding="utf-8")
    whole = read_report(text, Path("-"), lambda: NOW, kg.zone)
    assert read_report(by_notepad(text), Path("-"), lambda: NOW, kg.zone) == whole
    assert read_report(MARK + json.dumps(whole), Path("-"), lambda: NOW, kg.zone) == whole
    (tmp_path / "erased").write_text(by_notepad("i-1\ni-2\n"), encoding="utf-8")
    assert erasures.register(tmp_path / "erased") == {"i-1", "i-2"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soate,name\n1,a,b\n", "has 3 values for 2 columns (line 2)"),
        ("soate;name\n1;a\n2\n", "has 1 values for 2 columns (line 3)"),
        ("soate,name\n1,'a\n\n", "columns missing: level"),
        ('soate,level\n1,"a\n', "is not CSV: unexpected end of data (line 2)"),
        ("soate,level,level\n", "columns stand twice: level"),
        ("", "columns missing: level, soate"),
    ],
)
def test_a_table_that_is_none_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    """And never a traceback."""
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as told:
        read_csv(path, ("soate", "level"))
    assert str(told.value) == f"{path}: {said}"


def test_another_alphabet_is_told_with_what_to_do(tmp_path: Path) -> None:
    """A spreadsheet's plain «CSV» is in the alphabet of its Windows."""
    path = tmp_path / "x.csv"
    path.write_bytes("soate,level\n1,область\n".encode("cp1251"))
    with pytest.raises(BadFile, match="is not UTF-8: save it as «CSV UTF-8»"):
        read_csv(path, ("soate", "level"))
