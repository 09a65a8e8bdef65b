"""The line to callers, in a process of its own: servers of earlier tests leave theirs busy."""

import subprocess
import sys

from deploy.local.stack import ROOT


def test_tls_by_files_and_whose_word_on_an_address_is_believed() -> None:
    """Every case of ``tests/alone/lines.py``."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "tests/alone/lines.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "4 passed" in done.stdout
