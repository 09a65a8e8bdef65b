"""``tirek secrets``: key files go to another machine, whole, sealed, and over no key by mistake."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.backup import files, key_files, keys
from deploy.cli.__main__ import app
from deploy.operations import sealing_keys
from deploy.provision import secrets
from services.intake.vault import Vault

OURS = {"COLUMNS": "400"}
NOBODY = {
    "TIREK_SUPERUSER_URL": "postgresql://postgres@127.0.0.1:1",
    "TIREK_KAFKA": "127.0.0.1:1",
}


class Machine:
    """A folder of secrets, with passwords, and the pair of keys for backups beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets = folder / "secrets"
        secrets.key_files(self.secrets)
        secrets.passwords(self.secrets)
        self.public, self.private = keys.make(folder)

    def tirek(self, *arguments: object) -> Result:
        """``tirek secrets …`` of this machine."""
        own = OURS | {"TIREK_SECRETS": str(self.secrets)}
        return CliRunner().invoke(app, ["secrets", *map(str, arguments)], env=own)

    def saved(self) -> Path:
        """The file that `save` wrote."""
        result = self.tirek("save", "--to", self.public, "--into", self.folder)
        assert result.exit_code == 0, result.output
        [path] = self.folder.glob("tirek-*.secrets.age")
        return path

    def key_sets(self) -> dict[str, str]:
        """Every key file with its text."""
        return {str(each.relative_to(self.secrets)): each.read_text() for each in self.files()}

    def files(self) -> list[Path]:
        """Every key file."""
        return [each for each in self.secrets.glob("*/*.json") if each.is_file()]


@pytest.fixture
def lost(tmp_path: Path) -> Machine:
    """The machine whose secrets are saved: one of its services has two sealing keys."""
    own = Machine(tmp_path / "lost")
    list(sealing_keys.rotate(own.secrets, "intake"))
    return own


@pytest.fixture
def new(tmp_path: Path) -> Machine:
    """A machine that has made its own."""
    return Machine(tmp_path / "new")


def test_all_keys_come_back_on_a_new_machine_and_no_password(lost: Machine, tmp_path: Path) -> None:
    """Files are their owner's alone; a later start of a stack finds nothing to make anew."""
    path = lost.saved()
    assert path.stat().st_mode & 0o777 == 0o600
    empty = tmp_path / "empty" / "secrets"
    result = lost.tirek("restore", path, "--private-key", lost.private, "--secrets", empty)
    assert result.exit_code == 0, result.output
    assert "restored secrets of 20" in result.output
    there = {str(each.relative_to(empty)): each.read_text() for each in empty.glob("*/*.json")}
    assert there == lost.key_sets()
    assert "intake/master.json" in there
    assert "console/tokens.private.json" in there
    assert not list(empty.glob("*.json")), "passwords are a server's own"
    assert all(each.stat().st_mode & 0o077 == 0 for each in empty.rglob("*"))
    secrets.key_files(empty)
    assert there == {
        str(each.relative_to(empty)): each.read_text() for each in empty.glob("*/*.json")
    }


def test_keys_that_something_may_be_sealed_with_are_not_replaced_by_mistake(
    lost: Machine, new: Machine
) -> None:
    """It says which, and changes nothing; with --replace the saved ones stand there."""
    path, before = lost.saved(), new.key_sets()
    options = ("restore", path, "--private-key", lost.private)
    result = new.tirek(*options)
    assert result.exit_code == 1
    assert "holds other keys, in" in result.output
    assert "nothing was changed" in result.output
    assert new.key_sets() == before
    result = new.tirek(*options, "--replace")
    assert result.exit_code == 0, result.output
    assert new.key_sets() == lost.key_sets()
    _, key = Vault.from_directory(lost.secrets / "intake").new_key("p-1")
    Vault.from_directory(new.secrets / "intake").unwrap(key)
    assert new.tirek(*options).exit_code == 0, "the same once more is no loss"


def test_a_file_that_is_none_or_not_for_this_key_changes_nothing(
    lost: Machine, new: Machine
) -> None:
    """One line each; nobody who has the public key can make it write elsewhere."""
    path, before = lost.saved(), new.key_sets()
    manifest = files.Backup(path, keys.private(lost.private.read_text(), "x")).checked(unseen)

    def made(name: str, content: str) -> Path:
        strange = new.folder / name
        with files.written(strange, manifest, keys.recipients(lost.public)) as sealed:
            sealed.write(content.encode())
        return strange

    for file, private, why in (
        (path, new.private, "it was sealed for another key"),
        (made("1", '{"intake/../../x.json": []}'), lost.private, "that are no key files"),
        (made("2", '{"../x.json": []}'), lost.private, "that are no key files"),
        (made("3", '{"intake/x.json": 3}'), lost.private, "that are no key files"),
        (made("4", "no JSON"), lost.private, "that are no key files"),
        (new.folder / "none", lost.private, "No such file"),
    ):
        result = new.tirek("restore", file, "--private-key", private, "--replace")
        assert result.exit_code == 1
        assert why in result.output
        assert result.output.count("\n") == 1
    assert new.key_sets() == before
    assert not (new.folder.parent / "x.json").exists()


def test_half_the_secrets_are_not_saved_as_if_they_were_all(lost: Machine) -> None:
    """A folder without the master key, or none."""
    options = ("save", "--to", lost.public, "--into", lost.folder)
    (lost.secrets / key_files.MASTER).unlink()
    assert "these are not all secrets" in lost.tirek(*options).output
    result = lost.tirek(*options, "--secrets", lost.folder / "nowhere")
    assert result.exit_code == 1
    assert "is no folder of keys" in result.output
    assert not list(lost.folder.glob("*.age*"))


def test_verify_and_restore_know_it_for_what_it_is(lost: Machine) -> None:
    """It is read to its last byte like the others, and is taken for none of them."""
    path = lost.saved()
    key = f"--private-key={lost.private}"
    result = CliRunner().invoke(app, ["backup", "verify", key, str(path)], env=OURS)
    assert result.exit_code == 0, result.output
    assert f"keys in {len(lost.files())} files" in result.output
    given = ["restore", key, f"--data={path}", "--no-erasures"]
    result = CliRunner().invoke(app, given, env=OURS | NOBODY)
    assert "holds secrets, and was given for data" in result.output


def unseen(_: int) -> None:
    """Nobody looks on."""
