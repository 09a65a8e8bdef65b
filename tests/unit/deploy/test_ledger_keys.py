"""The ledger's key is changed while all runs: whoever knows one of two verifies."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.keys import keys
from deploy.provision import secrets
from services.audit.ledger import verify
from services.audit.signing import Signing

ORIGIN = "ledger.example"
Verifies = Callable[[str, str], bool]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The secrets of a fresh installation."""
    secrets.key_files(tmp_path / "secrets")
    return tmp_path / "secrets"


@pytest.fixture
def verifies(tmp_path: Path) -> Verifies:
    """Whether a checkpoint holds under a key, for whoever has verify.py and nothing else."""

    def verified(key: str, note: str) -> bool:
        (tmp_path / "note").write_text(note)
        return verify.main(["--key", key, str(tmp_path / "note")]) == 0

    return verified


def tirek(folder: Path, *arguments: str) -> Result:
    """Runs ``tirek keys …``."""
    environment = {"TIREK_SECRETS": str(folder), "TIREK_LEDGER_ORIGIN": ORIGIN, "COLUMNS": "200"}
    return CliRunner().invoke(keys, arguments, env=environment)


def test_both_keys_sign_until_the_older_is_retired(folder: Path, verifies: Verifies) -> None:
    """What witnesses are given is printed; what the older one signed verifies for ever; a name that
    the ledger goes on under has keys of its own, and changes them too."""
    signing = Signing.from_directory(folder / "audit", ORIGIN)
    older, before = str(signing.verifier), signing.checkpoint(ORIGIN, 1, bytes(32))
    added = tirek(folder, "add", "ledger")
    newer = str(signing_of(folder).verifier)
    assert added.stdout.splitlines() == ["ledger.2: in use", f"log {newer}", f"log {older}"]
    assert tirek(folder, "add", "ledger").exit_code == 1
    both = signing_of(folder).checkpoint(ORIGIN, 2, bytes(32))
    assert [verifies(each, both) for each in (newer, older)] == [True, True]
    assert [verifies(each, before) for each in (newer, older)] == [False, True]
    later = f"{ORIGIN}/2"
    theirs = [str(each) for each in signing_of(folder).verifiers(later)]
    note = signing_of(folder).checkpoint(later, 3, bytes(32))
    assert [verifies(each, note) for each in theirs] == [True, True]
    assert tirek(folder, "retire", "ledger.2").exit_code == 1
    assert tirek(folder, "retire", "ledger.1").exit_code == 0
    alone = signing_of(folder).checkpoint(ORIGIN, 3, bytes(32))
    assert [verifies(each, alone) for each in (newer, older)] == [True, False]
    assert verifies(older, before)


def test_a_retired_key_is_known_and_signs_no_more(folder: Path) -> None:
    """Also after the files were made once more, as at each start; and the next has a new number."""
    tirek(folder, "add", "ledger")
    tirek(folder, "retire", "ledger.1")
    secrets.key_files(folder)
    listed = [line.split("│") for line in tirek(folder, "list").stdout.splitlines()]
    states = {row[1].strip(): row[4].strip() for row in listed if len(row) > 4}
    assert (states["ledger.2"], states["ledger.1"]) == ("in use", "retired")
    assert tirek(folder, "retire", "ledger.2").exit_code == 1
    assert tirek(folder, "add", "ledger").stdout.startswith("ledger.3: in use")


def signing_of(folder: Path) -> Signing:
    """As a process that starts now."""
    return Signing.from_directory(folder / "audit", ORIGIN)
