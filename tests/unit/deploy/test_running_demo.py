"""An operator's environment names another stack, for every verb that looks into databases."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.operations.running_demo import databases
from deploy.provision import secrets
from deploy.topology import HOST, SERVICES

VERBS = (
    ("parked", "list"),
    ("parked", "show", "1"),
    ("parked", "redrive", "--all"),
    ("outbox", "verify"),
)


@pytest.fixture
def operator(tmp_path: Path) -> dict[str, str]:
    """As in the container `operator`, where nothing answers."""
    secrets.passwords(tmp_path)
    secrets.key_files(tmp_path)
    with socket.create_server((HOST, 0)) as server:
        nobody = f"{HOST}:{server.getsockname()[1]}"
    return {
        "TIREK_SECRETS": str(tmp_path),
        "TIREK_POSTGRES": nobody,
        "TIREK_KAFKA": nobody,
        "COLUMNS": "200",
    }


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_each_verb_goes_where_the_environment_says(
    verb: tuple[str, ...], operator: dict[str, str]
) -> None:
    """And does not look for a demo that is not there."""
    result = CliRunner().invoke(app, verb, env=operator)
    assert result.exit_code == 1
    assert result.output == "the database does not answer: ConnectionRefusedError\n"


def test_each_service_has_its_own_role(
    operator: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the password of that folder; what is given goes before the environment."""
    for name, text in operator.items():
        monkeypatch.setenv(name, text)
    found = databases()
    assert tuple(found) == SERVICES
    known = secrets.passwords(Path(operator["TIREK_SECRETS"]))
    place = operator["TIREK_POSTGRES"]
    assert found["notify"] == f"postgresql://tirek_notify:{known['tirek_notify']}@{place}/tirek"
    assert databases(server="other:5432")["notify"].endswith("@other:5432/tirek")


def test_a_folder_without_passwords_is_named(tmp_path: Path, operator: dict[str, str]) -> None:
    """It is not taken for a missing demo."""
    empty = tmp_path / "empty"
    result = CliRunner().invoke(
        app, ["parked", "list"], env=operator | {"TIREK_SECRETS": str(empty)}
    )
    assert result.exit_code == 1
    assert result.output.startswith(f"no passwords.json in {empty}")
