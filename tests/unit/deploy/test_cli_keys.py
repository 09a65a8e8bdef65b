"""``tirek keys`` on a folder of key files: what it says, and what it refuses in one line."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.keys import keys
from deploy.operations.sealing_keys import RETIRED_FILE, retire, rotate
from deploy.provision import secrets
from deploy.topology import HOST, SERVICES
from shared.security.keyring import PRIVATE_FILE, PUBLIC_FILE
from tests.support.rotation import settled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything made."""
    secrets.passwords(tmp_path)
    secrets.key_files(tmp_path)
    return tmp_path


def tirek(folder: Path, *arguments: str) -> Result:
    """Runs ``tirek keys …`` where nothing answers."""
    with socket.create_server((HOST, 0)) as server:
        nobody = f"{HOST}:{server.getsockname()[1]}"
    environment = {
        "TIREK_SECRETS": str(folder),
        "TIREK_KAFKA": nobody,
        "TIREK_POSTGRES": nobody,
        "COLUMNS": "200",
    }
    return CliRunner().invoke(keys, arguments, env=environment)


def line(result: Result, kid: str) -> list[str]:
    """The cells of one key's line."""
    [found] = [each for each in result.output.splitlines() if f" {kid} " in each]
    return [cell.strip() for cell in found.strip().strip("│").split("│")]


def contents(folder: Path) -> dict[Path, bytes]:
    """All key files."""
    return {path: path.read_bytes() for path in folder.rglob("*.json")}


def test_each_key_is_shown_with_what_it_is_for(folder: Path) -> None:
    """In use, readable, on its way, retired; whose private half is here; who lacks it."""
    list(rotate(folder, "intake"))
    list(rotate(folder, "intake"))
    list(retire(folder, "intake.1"))
    unfinished = rotate(folder, "notify")
    next(unfinished)
    next(unfinished)
    del unfinished
    (folder / "referral" / PRIVATE_FILE).unlink()
    shown = tirek(folder, "list")
    assert shown.exit_code == 0
    assert line(shown, "intake.1")[3:] == ["retired", "no", ""]
    assert line(shown, "intake.2")[3:] == ["readable", "here", ""]
    assert line(shown, "intake.3")[3:] == ["in use", "here", ""]
    lacking = "referral, notify, console, committee, audit"
    assert line(shown, "notify.2")[3:] == ["on its way", "here", lacking]
    assert line(shown, "referral.1")[3:] == ["in use", "no", ""]
    assert line(shown, "intake.3")[2].startswith("20")


def test_a_rotation_says_each_step_and_the_files_stay_private(folder: Path) -> None:
    """New key, readers, owner; nobody else can read any of it."""
    result = tirek(folder, "rotate", "referral")
    assert result.output.splitlines() == [
        "referral.2: referral can read with it",
        "referral.2: known to intake",
        "referral.2: known to notify",
        "referral.2: known to console",
        "referral.2: known to committee",
        "referral.2: known to audit",
        "referral.2: in use",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))


def test_a_number_is_never_given_twice(folder: Path) -> None:
    """Not even that of a key that was retired: it would be taken for the other."""
    for _ in range(2):
        list(rotate(folder, "intake"))
    for kid in ("intake.1", "intake.2"):
        list(retire(folder, kid))
    assert tirek(folder, "rotate", "intake").output.startswith("intake.4: ")


def test_a_retirement_is_undone(folder: Path) -> None:
    """The files are as they were before it; the key was kept aside, readable for its owner only."""
    list(rotate(folder, "intake"))
    before = contents(folder)
    list(retire(folder, "intake.1"))
    assert (folder / "intake" / RETIRED_FILE).stat().st_mode & 0o777 == 0o600
    secrets.key_files(folder)
    assert not any(b'"intake.1"' in (folder / each / PUBLIC_FILE).read_bytes() for each in SERVICES)
    result = tirek(folder, "restore", "intake.1")
    assert result.exit_code == 0
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rotate", "elsewhere"), "no service elsewhere: one of intake, referral, notify, console"),
        (("retire", "intake.7"), "no key intake.7 on this machine"),
        (("retire", "key"), "key is no key's name"),
        (("retire", "intake.2"), "intake.2 is in use"),
        (("retire", "notify.2"), "notify.2 is not even in use yet"),
        (("retire", "notify.1"), "notify.1 is in use"),
        (("restore", "intake.1"), "intake.1 was not retired here"),
        (("reseal", "intake.2"), "intake.2 is in use"),
        (("retire", "intake.1"), "Kafka does not answer at 127.0.0.1:"),
        (("reseal", "intake.1"), "the database does not answer"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_what_cannot_be_done_is_said_in_one_line(
    folder: Path, arguments: tuple[str, str], said: str
) -> None:
    """And changes nothing."""
    list(rotate(folder, "intake"))
    next(unfinished := rotate(folder, "notify"))
    del unfinished
    settled(folder)
    before = contents(folder)
    result = tirek(folder, *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
    assert contents(folder) == before


def test_a_key_is_not_retired_before_everybody_has_let_go_of_it(folder: Path) -> None:
    """Running processes look once a second, and may be in the middle of something."""
    list(rotate(folder, "intake"))
    assert "try again in " in tirek(folder, "retire", "intake.1").output


def test_a_retired_key_cannot_be_retired_again(folder: Path) -> None:
    """It is said, not done twice."""
    list(rotate(folder, "intake"))
    list(retire(folder, "intake.1"))
    assert "is retired already" in tirek(folder, "retire", "intake.1").output


def test_two_commands_at_once_do_not_mix(folder: Path) -> None:
    """The second is refused as long as the first is at work."""
    first = rotate(folder, "intake")
    next(first)
    assert "somebody else is changing the keys" in tirek(folder, "rotate", "intake").output
    list(first)
    assert "intake.3: in use" in tirek(folder, "rotate", "intake").output


def test_a_folder_without_keys_is_said_in_one_line(tmp_path: Path) -> None:
    """The file is named."""
    for arguments in (("list",), ("rotate", "intake")):
        result = tirek(tmp_path, *arguments)
        assert result.exit_code == 1
        assert PUBLIC_FILE in result.output
    missing = tmp_path / "missing"
    assert f"{missing} is no folder of keys" in tirek(missing, "rotate", "intake").output
    assert not missing.exists()
