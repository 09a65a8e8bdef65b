"""The steps of the check, as they are seen and as they are told."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from deploy.engine_check.engine import run

STANDIN = """\
## What remains for a machine that can pull

The images of Kafka, PostgreSQL and Python were made here (`standins.sh`): the same Kafka 4.4.0
jars, whose own wrapper reads the environment and formats the data; PostgreSQL 18 from the wheel
of the embedded stack, with an entrypoint of ours that knows `POSTGRES_*` and `PGDATA`; Debian's
Python. So the compose file, our image, the order of starting, secrets, scaling, kills and restarts
are proven, and that the official images take exactly these settings is not. Nor were Grafana and
the container of Prometheus run: the dashboard is held against the metrics of the code only."""


class Check:
    """The steps, and what was seen."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.seen: list[tuple[str, str]] = []

    def step(self, what: str, do: Callable[[], str]) -> None:
        """One of them; raises `Wrong`."""
        sys.stdout.write(f"{what} …\n")
        sys.stdout.flush()
        began = time.monotonic()
        said = do()
        self.seen.append((what, f"{said} ({time.monotonic() - began:.0f} s)"))
        sys.stdout.write(f"    {self.seen[-1][1]}\n")


def told(check: Check, problem: str) -> str:
    """The report."""
    standin = run("docker", "image", "ls", "--quiet", "standin/debian:bookworm").strip()
    commit = run("git", "rev-parse", "--short=10", "HEAD").strip()
    lines = [
        f"# Containers on a real engine, {datetime.now(UTC):%Y-%m-%d}, commit {commit}",
        "",
        f"{check.engine}; "
        + ("images that stand in for the official ones." if standin else "the official images."),
        "",
        *(f"- **{what}**: {seen}" for what, seen in check.seen),
        *([f"- **did not hold**: {problem}"] if problem else []),
    ]
    if standin:
        lines += ["", STANDIN]
    return "\n".join(lines) + "\n"
