"""The check of containers on machines that lack something: one line, and nothing is begun."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.stack import ROOT

HERE = ROOT / "deploy" / "engine_check"
NO_ENGINE = 'echo "Cannot connect to the Docker daemon" >&2; exit 1'
NO_COMPOSE = """
case $1 in
version) echo 29.1.0 ;;
*) echo "docker: unknown command: docker $1" >&2; exit 1 ;;
esac
"""
ALL_BUT_KAFKA = """
case $* in
"image inspect the-kafka") exit 1 ;;
build*) for folder; do :; done; test -f "$folder/libs/kafka.jar" ;;
esac
"""
FRESH_PYTHON = """
case $* in
*"deploy.local.java fetch"*) mkdir -p "$4" && : > "$4/kafka.jar" ;;
*JAVA_HOME*) echo "$PWD/java" ;;
*'IMAGES["kafka"]'*) echo the-kafka ;;
*) echo another ;;
esac
"""


def program(path: Path, script: str) -> None:
    """A command that behaves like the script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("docker", "line"),
    [
        (None, "engine-check: no Docker engine: start dockerd, and run this as root\n"),
        (NO_ENGINE, "engine-check: no Docker engine: start dockerd, and run this as root\n"),
        (
            NO_COMPOSE,
            "engine-check: Docker 29.1.0 has no Compose plugin: install Compose 2.20 or later "
            "(package docker-compose-plugin or docker-compose-v2)\n",
        ),
    ],
)
def test_what_is_missing_is_told_in_a_line(tmp_path: Path, docker: str | None, line: str) -> None:
    """Where there is no engine, or none with Compose; no step is begun, and no report written."""
    if docker is not None:
        program(tmp_path / "bin" / "docker", docker)
    report = tmp_path / "report.md"
    done = subprocess.run(
        [sys.executable, "-m", "deploy.engine_check", f"--report={report}"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", line)
    assert not report.exists()


def test_the_images_are_made_where_no_stack_has_fetched_the_jars(tmp_path: Path) -> None:
    """As the README has it: right after ``make install``."""
    shutil.copytree(HERE, tmp_path / "deploy" / "engine_check")
    (tmp_path / "deploy" / "local").mkdir()
    (tmp_path / "deploy" / "local" / "kafka-log4j2.properties").touch()
    (tmp_path / "java").mkdir()
    program(tmp_path / ".tirek" / "venv" / "bin" / "python", FRESH_PYTHON)
    program(tmp_path / "bin" / "docker", ALL_BUT_KAFKA)
    done = subprocess.run(
        ["sh", str(tmp_path / "deploy" / "engine_check" / "standins.sh")],
        env={**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "engine-check: Kafka …" in done.stderr
