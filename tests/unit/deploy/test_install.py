"""A fresh machine: what is missing is said in one line, and nothing is left half-installed."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from deploy.local import clean
from deploy.local.stack import ROOT
from deploy.provision.state_lock import StateLock
from tests.support.walled import walled

INSTALL = ROOT / "deploy" / "local" / "install.sh"


def install(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Runs the installer of an empty lock in a folder of its own, with a given interpreter."""
    (folder / "empty.lock").write_text("# nothing\n")
    return subprocess.run(
        ["sh", str(INSTALL), "empty.lock", ".tirek/venv/installed"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


def fake_python(folder: Path, script: str) -> str:
    """An interpreter that behaves like the script."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("case $2 in *%d*) echo 3.9;; *exit*) exit 1;; esac", "is Python 3.9, and 3.11 or later"),
        ("case $2 in *%d*) echo 3.12;; *venv*) exit 1;; esac", "apt install python3.12-venv"),
        ("exit 127", "is no working Python"),
    ],
)
def test_an_interpreter_that_will_not_do_is_told_in_one_line(
    tmp_path: Path, script: str, line: str
) -> None:
    """Too old, without venv, or broken; and what to do."""
    done = install(tmp_path, fake_python(tmp_path, script))
    assert done.returncode == 1
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / ".tirek").exists()


def test_a_missing_interpreter_is_told_in_one_line(tmp_path: Path) -> None:
    """And how to name another."""
    done = install(tmp_path, "python-that-is-not-there")
    assert done.returncode == 1
    assert done.stderr == (
        "tirek: 'python-that-is-not-there' is not there: "
        "install Python 3.11 or later, or say PYTHON=/path/to/python\n"
    )


def test_a_failed_installation_is_not_taken_for_done(tmp_path: Path) -> None:
    """No stamp, exit code 1, and where to look."""
    script = 'case "$3" in install) echo "ERROR: no route"; exit 2;; esac; echo 3.12'
    venv = tmp_path / ".tirek" / "venv" / "bin"
    venv.mkdir(parents=True)
    Path(fake_python(tmp_path, script)).rename(venv / "python")
    done = install(tmp_path, str(venv / "python"))
    assert done.returncode == 1
    assert "see .tirek/install.log (the first start needs the network)" in done.stderr
    assert "ERROR: no route" in (tmp_path / ".tirek" / "install.log").read_text()
    assert not (tmp_path / ".tirek" / "venv" / "installed").exists()


def test_behind_a_wall_the_message_names_what_helps(tmp_path: Path) -> None:
    """A proxy, an authority of the office's own and a mirror: with all three set it installs."""
    lock = _one_wheel(tmp_path / "index" / "simple" / "nothing")
    (tmp_path / "one.lock").write_text(lock)
    ours = f'exec {sys.executable} "$@"'
    venv = tmp_path / ".tirek" / "venv" / "bin"
    venv.mkdir(parents=True)
    dry = fake_python(tmp_path, f'case "$3" in install) {ours} --dry-run;; esac; {ours}')
    Path(dry).rename(venv / "python")
    with walled(tmp_path / "index", tmp_path) as office:

        def install(**settings: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["sh", str(INSTALL), "one.lock", ".tirek/venv/installed"],
                cwd=tmp_path,
                env={**office.bare(), "PYTHON": sys.executable, "PIP_RETRIES": "0", **settings},
                capture_output=True,
                text=True,
                check=False,
            )

        helps = {
            "PIP_INDEX_URL": f"{office.url}/simple",
            "HTTPS_PROXY": office.proxy,
            "REQUESTS_CA_BUNDLE": str(office.authority),
        }
        done = install(**{**helps, "REQUESTS_CA_BUNDLE": ""})
        assert done.returncode == 1
        assert all(f" {name}=" in done.stderr for name in helps), done.stderr
        assert install(**helps).returncode == 0
        assert (tmp_path / ".tirek" / "venv" / "installed").exists()


def _one_wheel(folder: Path) -> str:
    """A page of an index with one empty wheel; the lock that records it."""
    folder.mkdir(parents=True)
    wheel, told = folder / "nothing-1-py3-none-any.whl", "nothing-1.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr(f"{told}/METADATA", "Metadata-Version: 2.1\nName: nothing\nVersion: 1\n")
        tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        file.writestr(f"{told}/WHEEL", tags)
        file.writestr(f"{told}/RECORD", "")
    (folder / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>')
    return f"nothing==1 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def test_clean_removes_everything_but_not_under_a_running_stack(tmp_path: Path) -> None:
    """One line says which stack."""
    home = tmp_path / ".tirek"
    lock = StateLock(home / "demo")
    lock.acquire()
    refused = clean.main(home)
    assert refused is not None
    assert "demo is in use" in refused
    assert str(os.getpid()) in refused
    lock.release()
    assert clean.main(home) is None
    assert not home.exists()
    assert clean.main(home) is None
