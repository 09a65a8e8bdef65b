"""A schema that a newer release has migrated is left to it, by the release before."""

import shutil
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from pydantic import SecretStr

from shared.errors import Unavailable
from shared.runtime import migrate, preflight, revisions
from shared.runtime.entrypoint import bring_up
from shared.settings import SettingsError

NOTIFY = Path(__file__).parents[3] / "services" / "notify" / "migrations"
KEY = "TIREK_MIGRATION_URL"
Done = list[tuple[Path, str, str]]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    """What was migrated."""
    found: Done = []

    def upgrade(folder: Path, dsn: str, schema: str) -> None:
        found.append((folder, dsn, schema))

    monkeypatch.setattr(migrate, "upgrade", upgrade)
    return found


def at(revision: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the schema is."""

    async def found(_dsn: str, _key: str) -> str | None:
        return revision

    monkeypatch.setattr(preflight, "revision", found)


def test_a_newer_revision_is_no_trouble(
    done: Done, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Migrations are safe with the release before, so that its job ends well, with one line."""
    at("9999", monkeypatch)
    bring_up(NOTIFY, SecretStr("x"), KEY, "notify")
    assert not done
    head = revisions.head(NOTIFY)
    assert capsys.readouterr().out == (
        f"the schema of notify is at 9999, and this release knows none beyond {head}: "
        "a newer one has migrated it, nothing is to be done\n"
    )


@pytest.mark.parametrize("revision", ["", "0001"])
def test_an_older_one_or_none_is_brought_forward(
    revision: str, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ever."""
    at(revision, monkeypatch)
    bring_up(NOTIFY, SecretStr("x"), KEY, "notify")
    assert done == [(NOTIFY, "x", "notify")]


def test_a_checkout_with_a_percent_sign_in_its_path_migrates(tmp_path: Path) -> None:
    """The configuration's own reading of the sign is for nobody here."""
    folder = tmp_path / "100% ours %(here)s" / "migrations"
    shutil.copytree(NOTIFY, folder)
    script = ScriptDirectory.from_config(migrate._config(folder, "x", "notify"))
    assert script.get_current_head() == revisions.head(NOTIFY)


def test_what_cannot_be_known_ends_it(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that does not answer, an address that is none or is missing."""
    at(None, monkeypatch)
    with pytest.raises(Unavailable, match=f"the database of {KEY} does not answer"):
        bring_up(NOTIFY, SecretStr("x"), KEY, "notify")
    monkeypatch.undo()
    with pytest.raises(SettingsError, match=f"{KEY}: this is no address of a database"):
        bring_up(NOTIFY, SecretStr("some text"), KEY, "notify")
    with pytest.raises(SettingsError, match=f"{KEY}: needed to migrate"):
        bring_up(NOTIFY, None, KEY, "notify")
    assert not done
