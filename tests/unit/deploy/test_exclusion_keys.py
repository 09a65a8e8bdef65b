"""Keys of tags and of digests on a folder of key files: added in order, and never taken away."""

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.keys import keys
from deploy.operations import exclusion_keys
from deploy.operations.sealing_keys import SETTLED
from deploy.provision import private_files, secrets
from deploy.provision.secrets import MAKER, SHARED
from shared import key_files
from shared.security.excluded_staff import Digests
from shared.security.tags import Tagger
from tests.support.rotation import settled_secrets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything made, long ago."""
    secrets.passwords(tmp_path)
    secrets.key_files(tmp_path)
    settled_secrets(tmp_path)
    return tmp_path


def tirek(folder: Path, *arguments: str) -> Result:
    """Runs ``tirek keys …`` where no database answers."""
    environment = {
        "TIREK_SECRETS": str(folder),
        "TIREK_POSTGRES": "127.0.0.1:1",
        "COLUMNS": "200",
    }
    return CliRunner().invoke(keys, arguments, env=environment)


def held(folder: Path, name: str) -> dict[str, list[str]]:
    """The keys of each side, newest first."""
    file, finders = SHARED[name]
    return {
        each: [key["kid"] for key in secrets.read_set(folder / each / file)]
        for each in (*finders, MAKER)
    }


def contents(folder: Path) -> dict[Path, bytes]:
    """All key files."""
    return {path: path.read_bytes() for path in folder.rglob("*.json")}


def test_a_key_of_digests_goes_to_who_finds_before_who_makes(folder: Path) -> None:
    """Referral knows it before intake makes anything with it, and the files stay private."""
    first = tirek(folder, "add", "exclusions")
    assert first.output.splitlines() == [
        "exclusions.2: referral finds people with it",
        "exclusions.2: committee finds people with it",
        "exclusions.2: not used by intake yet: run `tirek keys add exclusions` again",
    ]
    assert held(folder, "exclusions") == {
        "referral": ["exclusions.2", "exclusions.1"],
        "committee": ["exclusions.2", "exclusions.1"],
        "intake": ["exclusions.1"],
    }
    settled_secrets(folder)
    second = tirek(folder, "add", "exclusions")
    assert second.output.splitlines() == ["exclusions.2: in use"]
    both = ["exclusions.2", "exclusions.1"]
    assert held(folder, "exclusions") == dict.fromkeys(("referral", "committee", "intake"), both)
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))
    assert tirek(folder, "add", "exclusions").output.startswith("exclusions.3: referral finds")


@pytest.mark.parametrize("name", SHARED)
def test_a_key_is_not_used_before_running_processes_have_it(folder: Path, name: str) -> None:
    """They look every second, and may be in the middle of something."""
    tirek(folder, "add", name)
    before = contents(folder)
    refused = tirek(folder, "add", name)
    assert refused.exit_code == 1
    last = max(SHARED[name][1], key=lambda each: (folder / each / SHARED[name][0]).stat().st_mtime)
    assert f"{name}.2 is not used yet: {last} got it a moment ago" in refused.output
    assert contents(folder) == before


def test_a_key_of_tags_waits_for_what_the_databases_say(folder: Path) -> None:
    """While nobody can tell whether everybody was said anew, nothing changes."""
    tirek(folder, "add", "tags")
    settled_secrets(folder)
    before = contents(folder)
    refused = tirek(folder, "add", "tags")
    assert refused.exit_code == 1
    assert "the database does not answer" in refused.output
    assert contents(folder) == before


@pytest.mark.parametrize("name", SHARED)
def test_whoever_is_killed_at_a_write_goes_on_with_the_same_key(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any phase, before or after a file is there; no key is made twice or lost."""
    file, finders = SHARED[name]
    original = private_files.write

    def killed(*, after: bool) -> None:
        def write(path: Path, text: str) -> None:
            if after:
                original(path, text)
            raise KeyboardInterrupt

        monkeypatch.setattr(private_files, "write", write)
        with pytest.raises(KeyboardInterrupt):
            list(exclusion_keys.add(folder, name, lambda _key: None))
        monkeypatch.setattr(private_files, "write", original)
        found = held(folder, name)
        assert all(set(found[MAKER]) <= set(found[each]) for each in finders)

    old = held(folder, name)
    killed(after=False)
    assert held(folder, name) == old
    for each in finders:
        killed(after=True)
        [new] = set(held(folder, name)[each]) - set(old[each])
    made = secrets.read_set(folder / finders[0] / file)[0]
    killed(after=False)
    killed(after=True)
    assert held(folder, name)[MAKER] == [new, *old[MAKER]]
    assert secrets.read_set(folder / MAKER / file)[0] == made


@pytest.mark.parametrize("kid", ["tags.1", "exclusions.1", "tags.7"])
def test_none_is_retired(folder: Path, kid: str) -> None:
    """Not even an old one: what it hid would show. One line says so."""
    for _ in range(2):
        list(exclusion_keys.add(folder, kid.partition(".")[0], lambda _key: None))
    before = contents(folder)
    refused = tirek(folder, "retire", kid)
    assert refused.exit_code == 1
    assert refused.output.splitlines() == [
        f"{kid} stays: without it old cases would show to those whom they exclude"
    ]
    assert contents(folder) == before


def test_another_name_is_refused(folder: Path) -> None:
    """In one line."""
    refused = tirek(folder, "add", "master")
    assert refused.exit_code == 1
    assert "no keys master: one of tags, exclusions" in refused.output


def test_they_stand_in_the_list(folder: Path) -> None:
    """Also one that is on its way, with who lacks it."""
    tirek(folder, "add", "tags")
    shown = [
        [cell.strip() for cell in line.strip().strip("│").split("│")]
        for line in tirek(folder, "list").output.splitlines()
        if " tags." in line
    ]
    assert [[kid, *rest] for kid, _, _, *rest in shown] == [
        ["tags.2", "on its way", "here", "intake"],
        ["tags.1", "in use", "here", ""],
    ]


def test_a_start_of_the_stack_takes_no_phase_and_loses_no_key(folder: Path) -> None:
    """What is on its way stays so; who lost a file gets it back from the other."""
    tirek(folder, "add", "tags")
    before = contents(folder)
    secrets.key_files(folder)
    assert contents(folder) == before
    for name, (file, finders) in SHARED.items():
        for each in (*finders, MAKER):
            (folder / each / file).unlink()
            secrets.key_files(folder)
            assert held(folder, name)[each] == held(folder, name)[finders[0]]


def test_a_finder_behind_its_maker_is_given_what_it_lacks(folder: Path) -> None:
    """As after an older copy of its folder was put back."""
    older = folder / "notify" / "tags.json"
    kept = older.read_bytes()
    for _ in range(2):
        list(exclusion_keys.add(folder, "tags", lambda _key: None))
    older.write_bytes(kept)
    secrets.key_files(folder)
    assert held(folder, "tags") == {each: ["tags.2", "tags.1"] for each in ("notify", "intake")}


def test_running_processes_take_up_a_new_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a second, without a restart; a broken file changes nothing."""
    seconds = [1000.0]
    monkeypatch.setattr(key_files, "monotonic", lambda: seconds[0])
    tagger = Tagger.from_directory(folder / "notify")
    finds = Digests.from_directory(folder / "referral")
    makes = Digests.from_directory(folder / "intake")
    old = tagger.staff("st-a2b3c4d5")
    for name in SHARED:
        for _ in range(2):
            list(exclusion_keys.add(folder, name, lambda _key: None))
    assert tagger.staff("st-a2b3c4d5") == old
    seconds[0] += key_files.LOOK_EVERY
    new = tagger.staff("st-a2b3c4d5")
    assert old < new
    assert len(new) == 2
    carried = makes.of("incident", old)
    assert finds.hit("incident", old, carried)
    assert not Digests(finds.keys[1:]).hit("incident", old, carried)
    (folder / "notify" / "tags.json").write_text(json.dumps({"keys": [{"k": 7}]}))
    seconds[0] += key_files.LOOK_EVERY
    assert tagger.staff("st-a2b3c4d5") == new
    shutil.rmtree(folder / "referral")
    seconds[0] += key_files.LOOK_EVERY
    assert finds.hit("incident", old, carried)


def test_the_wait_ends(folder: Path) -> None:
    """And says how long it still takes."""
    path = folder / "referral" / "exclusions.json"
    assert exclusion_keys.unsettled(folder, "exclusions") is None
    os.utime(path)
    assert f"{SETTLED:.0f} s" in str(exclusion_keys.unsettled(folder, "exclusions"))
