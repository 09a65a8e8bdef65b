"""`tirek jurisdiction check`: what a person hears before their files count."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import ROOT

KG = ROOT / "deploy" / "jurisdictions" / "kg"
DIRECTORY = ROOT / "deploy" / "samples" / "directory.yaml"
ISLES = ROOT / "tests" / "unit" / "jurisdiction" / "isles"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the country that counts."""
    return Path(shutil.copytree(KG, tmp_path / "kg"))


def edit(file: Path, right: str, wrong: str) -> None:
    """One word of a file."""
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def check(*words: object) -> tuple[int, str, str]:
    """Status, output and complaints."""
    done = CliRunner().invoke(app, ["jurisdiction", "check", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def test_what_is_right_is_described(folder: Path) -> None:
    """Versions, what the country has, and how long its holidays are known."""
    code, said, complained = check(folder, "--directory", DIRECTORY)
    assert (code, complained) == (0, "")
    assert said.startswith("kg: policies kg-2026-11, risk kg-2026-11, holidays kg-2026 (known")
    assert "46 organisations" in said


def test_figures_that_changed_under_the_same_version_are_remarked(folder: Path) -> None:
    """They would count, and a case would name a version that has two meanings."""
    edit(folder / "policies.yaml", "ack: PT5M", "ack: PT7M")
    code, said, _ = check(folder)
    assert code == 0
    assert "policies.yaml: changed, and its version is still kg-2026-11: raise it" in said
    edit(folder / "policies.yaml", "version: kg-2026-11", "version: kg-2026-12")
    assert "raise it" not in check(folder)[1]


@pytest.mark.parametrize(
    ("file", "right", "wrong", "why"),
    [
        ("risk.yaml", "weight: 5", "weight: much", "risk.yaml: signs.0.weight"),
        (
            "service_types.yaml",
            "  social-services:",
            "  welfare:",
            "social-services no more: running serv",
        ),
        ("holidays.yaml", '"05-01", to: "05-09"', '"05-09", to: "05-01"', "wrong way round"),
    ],
)
def test_what_would_be_refused_is_refused_with_its_line(
    folder: Path, file: str, right: str, wrong: str, why: str
) -> None:
    """In one line, with status 1, by the same reader that the services have."""
    edit(folder / file, right, wrong)
    code, said, complained = check(folder)
    assert (code, said, complained.count("\n")) == (1, "", 1)
    assert why in complained


def test_a_directory_is_checked_with_the_files(folder: Path, tmp_path: Path) -> None:
    """Its own slip, or a place that these files do not have."""
    file = tmp_path / "directory.yaml"
    shutil.copy(DIRECTORY, file)
    edit(file, "kind: crisis-centre", "kind: circus")
    code, _, complained = check(folder, "--directory", file)
    assert code == 1
    assert "unknown kind circus (line " in complained


def test_another_country_may_be_checked_too() -> None:
    """Whoever prepares one has nothing to compare it with."""
    code, said, _ = check(ISLES)
    assert code == 0
    assert "another country than kg" in said
