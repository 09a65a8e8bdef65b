"""``tirek backup`` and ``tirek restore`` before they meet a server: what they refuse, in a line."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.backup import age, erasures, files, heads, keys, taking
from deploy.backup.errors import BackupError
from deploy.backup.files import Backup, Manifest
from deploy.backup.server import Server
from deploy.backup.taking import DATABASES, Snapshot, stem_of
from deploy.cli.__main__ import app
from deploy.provision.secrets import key_files

NOBODY = {
    "TIREK_SUPERUSER_URL": "postgresql://postgres@127.0.0.1:1",
    "TIREK_KAFKA": "127.0.0.1:1",
    "COLUMNS": "400",
}
NO = "--no-erasures"
HEADS = {"data": ("intake", "referral", "notify"), "keys": ("keys",)}
CONTENT = os.urandom(200_000)


def manifest(kind: str, backup: str = "b1") -> Manifest:
    """Of a backup that this release might have made."""
    heads_ = {schema: heads.newest(schema) for schema in HEADS[kind]}
    at = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    return Manifest(kind, backup, at, heads_, {"intake.incidents": 3}, "18.4")


class Place:
    """A folder with a key pair and both files of a backup in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets = folder / "secrets"
        key_files(self.secrets)
        self.public, self.private = keys.make(folder)
        self.data = self.write(manifest("data"))
        self.keys = self.write(manifest("keys"))

    def write(self, what: Manifest, name: str | None = None) -> Path:
        """A file of a backup."""
        path = self.folder / (name or f"{what.kind}.age")
        with files.written(path, what, keys.recipients(self.public)) as sealed:
            sealed.write(CONTENT)
        return path

    def restore(self, *options: object, private: object = None) -> Result:
        """``tirek restore`` where nothing answers."""
        given = ["restore", f"--private-key={private or self.private}", *map(str, options)]
        own = {"TIREK_SECRETS": str(self.secrets)}
        return CliRunner().invoke(app, given, env=NOBODY | own)


def test_the_newest_backup_of_a_folder_is_its_last() -> None:
    """Also when two were taken within a second: who sorts by name must not restore the older."""
    older = manifest("data", backup="ffff")
    newer = replace(older, backup="0000", at=older.at + timedelta(milliseconds=1))
    assert stem_of(older) < stem_of(newer)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with a backup."""
    return Place(tmp_path)


def line(result: Result) -> str:
    """The one line that it ended with."""
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    [said] = result.output.splitlines()
    return said


def test_a_file_says_what_it_is_and_gives_back_what_was_in_it(place: Place) -> None:
    """It is its owner's alone, and nothing half-written bears its name."""
    assert place.data.stat().st_mode & 0o777 == 0o600
    secret = keys.private(place.private.read_text(encoding="utf-8"), "x")
    backup = Backup(place.data, secret)
    seen: list[int] = []
    assert backup.checked(seen.append) == manifest("data")
    assert sum(seen) == pytest.approx(backup.size, abs=age.CHUNK)
    with backup.archive(seen.append) as archive:
        assert b"".join(archive) == CONTENT
    with (
        pytest.raises(KeyboardInterrupt),
        files.written(place.folder / "x.age", manifest("data"), keys.recipients(place.public)),
    ):
        raise KeyboardInterrupt
    assert not list(place.folder.glob("x.age*"))


def test_a_file_survives_a_power_cut_with_its_name(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First its content is on the disk, and once it is renamed its folder."""
    synced: list[tuple[int, bool]] = []
    path, sync = place.folder / "x.age", os.fsync

    def seen(fd: int) -> None:
        synced.append((os.fstat(fd).st_ino, path.exists()))
        sync(fd)

    monkeypatch.setattr(os, "fsync", seen)
    place.write(manifest("data"), path.name)
    assert synced == [(path.stat().st_ino, False), (place.folder.stat().st_ino, True)]


class Dumps(Server):
    """A server of which only the data can be dumped."""

    async def dumped(self, database: str, snapshot: str) -> AsyncIterator[bytes]:
        """One piece, or none at all."""
        assert snapshot
        if database == DATABASES["keys"]:
            raise BackupError("pg_dump failed: the disk is full")
        yield CONTENT


async def test_a_backup_is_both_files_or_neither(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One without the other would pass for a backup until it is needed."""

    @asynccontextmanager
    async def snapshot(_: Server, kind: str, backup: str) -> AsyncIterator[Snapshot]:
        yield Snapshot(DATABASES[kind], "s-1", manifest(kind, backup))

    async def nothing(_: Server) -> None:
        return

    monkeypatch.setattr(taking, "_snapshot", snapshot)
    monkeypatch.setattr(taking, "_required", nothing)
    into = place.folder / "into"
    into.mkdir()
    seen: list[int] = []
    with pytest.raises(BackupError, match="the disk is full"):
        await taking.take(
            Dumps("x"), dict.fromkeys(DATABASES, into), keys.recipients(place.public), seen.append
        )
    assert seen == [len(CONTENT)], "the data were written"
    assert not list(into.iterdir())


def test_verify_says_whether_files_are_whole(place: Place) -> None:
    """What each is and of when, without a server; the key may come from standard input."""
    result = CliRunner().invoke(
        app,
        ["backup", "verify", "--private-key=-", str(place.data), str(place.keys)],
        input=place.private.read_text(encoding="utf-8"),
    )
    assert result.exit_code == 0, result.output
    head = heads.newest("intake")
    assert f"data of 2026-11-24 10:00:00 UTC: 3 rows; migrations intake {head}" in result.output
    assert result.output.count("whole and unaltered") == 2


def test_what_was_damaged_or_is_anothers_is_refused_before_anything_is_touched(
    place: Place,
) -> None:
    """Cut off, altered, sealed for another key: one clear line each, and no server is asked."""
    whole = place.data.read_bytes()
    place.data.write_bytes(whole[:-1])
    assert "data.age: it was altered or cut off" in line(place.restore("--data", place.data, NO))
    place.data.write_bytes(whole[:70_000] + bytes([whole[70_000] ^ 1]) + whole[70_001:])
    assert "data.age: it was altered or cut off" in line(place.restore("--data", place.data, NO))
    place.data.write_bytes(b"")
    assert "it is no backup, or its beginning is gone" in line(
        place.restore("--data", place.data, NO)
    )
    place.data.write_bytes(whole)
    _, other = keys.make(place.folder / "other")
    assert "data.age: it was sealed for another key" in line(
        place.restore("--data", place.data, NO, private=other)
    )


def test_files_in_each_others_place_or_of_two_backups_are_refused(place: Place) -> None:
    """With both ages, so that whoever reads it knows which is which."""
    assert "keys.age holds keys, and was given for data" in line(
        place.restore("--data", place.keys, NO)
    )
    later = replace(manifest("keys", "b2"), at=manifest("keys").at + timedelta(days=1))
    said = line(place.restore("--data", place.data, "--keys", place.write(later, "late.age"), NO))
    assert "these are of two backups: data of 2026-11-24 10:00:00 UTC, keys of 2026-11-25" in said
    assert "Nothing was changed" in said


def test_a_backup_of_a_newer_release_is_refused(place: Place) -> None:
    """Its migrations are unknown here: what they mean is too."""
    newer = replace(manifest("data"), heads={"intake": "0999"})
    said = line(place.restore("--data", place.write(newer, "newer.age"), NO))
    assert "intake was at migration 0999 and this release knows none beyond 00" in said


def test_a_backup_of_an_older_release_is_taken() -> None:
    """Migrations bring it forward."""
    assert heads.required_known({"intake": "0001", "keys": heads.newest("keys")}) == ["intake"]


def test_who_restores_says_what_and_who_was_erased_since(place: Place) -> None:
    """Neither is guessed."""
    assert "say what to restore" in line(place.restore(NO))
    assert "say who was erased since" in line(place.restore("--data", place.data))
    register = place.folder / "register"
    register.write_text("i-1\n")
    both = place.restore("--data", place.data, NO, "--erasures", register)
    assert "say who was erased since" in line(both)


@pytest.mark.parametrize("wrong", ["i-1\nAisuluu!\n", "i-1\n  i-2\n", "\x00\n", "i" * 65])
def test_half_a_register_does_not_pass_for_a_whole_one(tmp_path: Path, wrong: str) -> None:
    """A line that is no id stops everything; comments and what stands behind an id do not."""
    register = tmp_path / "register"
    register.write_text("# erased\n\ni-1 2026-11-24 by st-1\ni-2\n")
    assert erasures.register(register) == {"i-1", "i-2"}
    register.write_text(wrong)
    with pytest.raises(BackupError, match="no incident's id stands there"):
        erasures.register(register)


def test_nothing_is_restored_where_no_master_key_is(place: Place) -> None:
    """It says how the saved one comes back, and no server is asked."""
    (place.secrets / "intake" / "master.json").unlink()
    said = line(place.restore("--data", place.data, NO))
    assert "holds no master key of intake" in said
    assert "nothing was changed. `tirek secrets restore FILE`" in said
    said = line(place.restore("--data", place.data, NO, "--without-details"))
    assert "the database server does not answer" in said


def test_what_is_not_there_is_said_in_a_line(place: Place) -> None:
    """A missing file, key, folder, server; a public key in the private one's place."""
    assert "nothing.age: No such file" in line(place.restore("--data", "nothing.age", NO))
    assert "No such file" in line(place.restore("--data", place.data, NO, private="nowhere"))
    assert "that is no private key" in line(
        place.restore("--data", place.data, NO, private=place.public)
    )
    assert "the database server does not answer" in line(place.restore("--data", place.data, NO))
    for options, why in (
        ([], "say to which public key"),
        ([f"--to={place.private}"], "must not be on this machine"),
        ([f"--to={place.public}", "--into=/nowhere"], "/nowhere is no folder"),
        ([f"--to={place.public}", f"--into={place.folder}"], "does not answer"),
    ):
        assert why in line(CliRunner().invoke(app, ["backup", *options], env=NOBODY))
