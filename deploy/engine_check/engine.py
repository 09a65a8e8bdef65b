"""Docker and Compose, asked and told by the check."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROJECT = "tirek-check"
WITHIN = 300.0
"""Seconds that a command may take."""
PSQL = (
    "PGPASSWORD=$(cat /run/superuser/password) "
    'psql --host=127.0.0.1 --username=postgres --dbname=tirek --tuples-only --no-align -c "$1"'
)


class Wrong(Exception):
    """What was not as it must be."""


def run(*argv: str, code: int | None = 0, within: float = WITHIN) -> str:
    """A command's output; raises `Wrong` when it ends otherwise."""
    try:
        done = subprocess.run(  # noqa: S603 - commands of this file alone
            argv,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=within,
            env={**os.environ, "COMPOSE_PROJECT_NAME": PROJECT, "COLUMNS": "160"},
        )
    except FileNotFoundError:
        raise Wrong(f"there is no command {argv[0]}") from None
    said = done.stdout + done.stderr
    if code is not None and done.returncode != code:
        raise Wrong(f"{' '.join(argv)} ended with {done.returncode}: {said[-800:]}")
    return said


def versions() -> str:
    """Which engine and which Compose, in words; raises `Wrong` with what is missing."""
    try:
        engine = run("docker", "version", "--format={{.Server.Version}}").strip()
    except Wrong:
        raise Wrong("no Docker engine: start dockerd, and run this as root") from None
    try:
        plugin = compose("version", "--short").strip()
    except Wrong:
        raise Wrong(
            f"Docker {engine} has no Compose plugin: install Compose 2.20 or later "
            "(package docker-compose-plugin or docker-compose-v2)"
        ) from None
    return f"Docker {engine}, Compose {plugin}"


def compose(*arguments: str, code: int | None = 0, within: float = WITHIN) -> str:
    """``docker compose``, on a project of our own."""
    return run("docker", "compose", *arguments, code=code, within=within)


def value(query: str) -> str:
    """One value out of the database."""
    return compose("exec", "-T", "postgres", "sh", "-c", PSQL, "sh", query).strip()


def finished(service: str) -> str:
    """The log of a job that has ended well; empty while it runs."""
    for line in compose("ps", "--all", "--format=json", service).splitlines():
        state = json.loads(line)
        if state["State"] == "exited":
            said = compose("logs", "--no-log-prefix", service)
            if state["ExitCode"]:
                raise Wrong(f"{service} ended with {state['ExitCode']}: {said[-600:]}")
            return said
    return ""


def wait(until: Callable[[], Any], what: str, within: float = 120.0) -> Any:
    """Its answer, once there is one."""
    deadline = time.monotonic() + within
    while not (found := until()):
        if time.monotonic() > deadline:
            raise Wrong(f"{what} after {within:.0f} s")
        time.sleep(0.5)
    return found


def members(service: str) -> list[str]:
    """The ids of the containers of a service that run."""
    return compose("ps", "--quiet", "--status=running", service).split()
