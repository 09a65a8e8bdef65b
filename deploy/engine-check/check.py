"""``python deploy/engine-check/check.py``: docker-compose.yml on a real engine, step by step.

Needs a running Docker engine and Compose 2; where no image can be pulled, `standins.sh` makes
images that stand in. Ends with 1 at the first thing that is not as it must be, and takes
everything down again. The report is written to the file that is named.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[2]))

from deploy.local.engine import (
    PROJECT,
    ROOT,
    Wrong,
    compose,
    finished,
    members,
    run,
    value,
    wait,
)
from deploy.samples.load import load_incidents
from deploy.topology import IMAGES, SERVICES
from shared.jurisdiction import load_jurisdiction

REPORTER, SAMPLE = "st-v5oef5ab", "12-late-yes"
INCIDENTS = 60
LINE = 160


class Check:
    """The steps, and what was seen."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def step(self, what: str, do: Callable[[], str]) -> None:
        """One of them; raises `Wrong`."""
        sys.stdout.write(f"{what} …\n")
        sys.stdout.flush()
        began = time.monotonic()
        said = do()
        self.seen.append((what, f"{said} ({time.monotonic() - began:.0f} s)"))
        sys.stdout.write(f"    {self.seen[-1][1]}\n")


def image() -> str:
    """Small, not root, no compiler, nothing that installs."""
    run(
        "docker",
        "build",
        "--quiet",
        "--network=host",
        "--tag=tirek:local",
        f"--build-arg=PYTHON={IMAGES['python']}",
        "--file=deploy/Dockerfile",
        ".",
        within=600,
    )
    size = int(run("docker", "image", "inspect", "--format={{.Size}}", "tirek:local"))
    base = int(run("docker", "image", "inspect", "--format={{.Size}}", IMAGES["python"]))
    user = run("docker", "run", "--rm", "--entrypoint=id", "tirek:local", "-u").strip()
    tools = run(
        "docker",
        "run",
        "--rm",
        "--entrypoint=sh",
        "tirek:local",
        "-c",
        "command -v gcc cc make /opt/tirek/bin/pip || true",
    ).strip()
    if user != "10001" or tools:
        raise Wrong(f"user {user}, tools {tools}")
    return f"{size / 2**20:.0f} MB, of which {(size - base) / 2**20:.0f} MB are ours; user {user}"


def up() -> str:
    """Everything, from nothing."""
    compose("up", "--detach")
    said = wait(lambda: finished("status"), "status has not ended")
    if "not ready" in said or "http://127.0.0.1:8120" not in said:
        raise Wrong(said)
    return f"{said.count('ready')} parts ready, addresses printed"


def report(token: str, key: str) -> str:
    """One incident; its id. A service that is just being killed is asked again."""
    zone = load_jurisdiction(ROOT / "deploy" / "jurisdictions" / "kg").zone
    body = load_incidents()[SAMPLE].body(datetime.now(UTC), zone)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    headers["Content-Type"] = "application/json"
    for _ in range(100):
        request = urllib.request.Request(
            "http://127.0.0.1:8101/incidents", json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
                return str(json.load(answer)["incident_id"])
        except OSError:
            time.sleep(0.3)
    raise Wrong("a report was not taken")


def token() -> str:
    """A reporter's, from inside."""
    return compose("run", "--rm", "tirek", "token", REPORTER).strip().splitlines()[-1]


def scaled() -> str:
    """More workers; reports; kill -9 of each kind of worker; nothing is lost or done twice."""
    compose("up", "--detach", "--no-recreate", "--scale=referral=3", "--scale=notify=2")
    wait(lambda: len(members("referral")) == 3 and len(members("notify")) == 2, "no five workers")
    bearer, taken = token(), []
    for number in range(INCIDENTS):
        if number in (INCIDENTS // 3, 2 * INCIDENTS // 3):
            for service in SERVICES:
                _kill(service)
        taken.append(report(bearer, str(uuid4())))
    ids = ", ".join(f"'{each}'" for each in taken)
    wait(
        lambda: (
            value(f"SELECT count(*) FROM referral.service_request WHERE incident_id IN ({ids})")
            == str(INCIDENTS)
        ),
        "service requests are missing",
    )
    open_alerts = "SELECT count(*) FROM notify.alerts WHERE outcome IS NULL"
    wait(lambda: value(open_alerts) == "0", "alerts are not settled", 180)
    doubled = value("SELECT count(*) - count(DISTINCT need_id) FROM referral.service_request")
    parked = value(
        "SELECT (SELECT count(*) FROM intake.parked) + (SELECT count(*) FROM "
        "referral.parked) + (SELECT count(*) FROM notify.parked)"
    )
    missed = value(
        "SELECT count(*) FROM referral.service_request "
        "WHERE next_due < clock_timestamp() - interval '10 s'"
    )
    if (doubled, parked, missed) != ("0", "0", "0"):
        raise Wrong(f"doubled {doubled}, parked {parked}, deadlines missed {missed}")
    return f"{INCIDENTS} incidents, {2 * len(SERVICES)} kills: 0 lost, 0 twice, 0 deadlines missed"


def _kill(service: str) -> None:
    """kill -9 of all in a container, from inside: after `docker kill` it would be left down."""
    victim = wait(lambda: members(service), f"no {service} runs")[-1]
    run("docker", "exec", victim, "sh", "-c", "kill -9 -1", code=None)


def kept() -> str:
    """Down and up again: what was there is there."""
    before = value("SELECT count(*) FROM intake.incidents")
    compose("down")
    compose("up", "--detach")
    wait(lambda: finished("status"), "status has not ended", 180)
    if (after := value("SELECT count(*) FROM intake.incidents")) != before:
        raise Wrong(f"{before} incidents before, {after} after")
    return f"{after} incidents kept"


def refusals() -> str:
    """A missing secret, a wrong address, an old schema, a taken port: one line each."""
    secrets = f"{PROJECT}_secrets-notify"
    base = (
        "docker",
        "run",
        "--rm",
        f"--network={PROJECT}_inside",
        "--env=TIREK_KEYS_DIR=/run/tirek",
    )
    files = ("--env=TIREK_SECRETS_DIR=/run/tirek", f"--volume={secrets}:/run/tirek:ro")
    serve = ("tirek:local", "services.notify", "serve")
    lines = {
        "a missing secret": run(*base, "--env=TIREK_SECRETS_DIR=/run/tirek", *serve, code=1),
        "a wrong address": run(
            *base,
            *files,
            "--env=TIREK_DATABASE_URL=postgresql://tirek_notify:wrong@postgres:5432/tirek",
            *serve,
            code=1,
        ),
    }
    value("UPDATE notify.alembic_version SET version_num = '0001'")
    try:
        lines["an old schema"] = run(*base, *files, *serve, code=1)
    finally:
        value("UPDATE notify.alembic_version SET version_num = '0003'")
    lines["a taken port"] = run(
        "docker", "run", "--rm", "--publish=127.0.0.1:8101:1", "tirek:local", code=None
    )
    said = []
    for what, text in lines.items():
        told = [line for line in text.splitlines() if line and not line.startswith("{")]
        if "Traceback" in text or not told:
            raise Wrong(f"{what}: {text[-500:]}")
        line = told[0] if len(told[0]) <= LINE else f"…{told[0][-LINE:]}"
        said.append(f"{what}: “{line}”")
    return "; ".join(said)


def backed_up() -> str:
    """A backup and a restore inside, with the services stopped."""
    folder = ROOT / "backups" / f"check-{uuid4().hex[:8]}"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    inside = f"/backups/{folder.name}"
    compose("run", "--rm", "operator", "backup", "keygen", inside)
    public, private = f"{inside}/tirek-backup.public", f"{inside}/tirek-backup.private"
    compose("run", "--rm", "operator", "backup", "--to", public, "--into", inside)
    data = next(folder.glob("*.data.age")).name
    before = value("SELECT count(*) FROM referral.offer")
    compose("stop", *SERVICES, *(f"{each}-api" for each in SERVICES))
    restore = ("restore", "--private-key", private, "--data", f"{inside}/{data}", "--no-erasures")
    said = compose("run", "--rm", "operator", *restore, "--replace")
    compose("up", "--detach")
    wait(lambda: finished("status"), "status has not ended", 180)
    if (after := value("SELECT count(*) FROM referral.offer")) < before:
        raise Wrong(f"{before} offers before, {after} after: {said}")
    shutil.rmtree(folder)
    return f"{after} offers back"


def told(check: Check, problem: str) -> str:
    """The report."""
    engine = run("docker", "version", "--format={{.Server.Version}}").strip()
    plugin = run("docker", "compose", "version", "--short").strip()
    standin = run("docker", "image", "ls", "--quiet", "standin/debian:bookworm").strip()
    commit = run("git", "rev-parse", "--short=10", "HEAD").strip()
    lines = [
        f"# Containers on a real engine, {datetime.now(UTC):%Y-%m-%d}, commit {commit}",
        "",
        f"Docker {engine}, Compose {plugin}; "
        + ("images that stand in for the official ones." if standin else "the official images."),
        "",
        *(f"- **{what}**: {seen}" for what, seen in check.seen),
        *([f"- **did not hold**: {problem}"] if problem else []),
    ]
    if standin:
        lines += ["", STANDIN]
    return "\n".join(lines) + "\n"


STANDIN = """\
## What remains for a machine that can pull

The images of Kafka, PostgreSQL and Python were made here (`standins.sh`): the same Kafka 4.4.0
jars, whose own wrapper reads the environment and formats the data; PostgreSQL 18 from the wheel
of the embedded stack, with an entrypoint of ours that knows `POSTGRES_*` and `PGDATA`; Debian's
Python. So the compose file, our image, the order of starting, secrets, scaling, kills and restarts
are proven, and that the official images take exactly these settings is not. Nor were Prometheus
and Grafana run: their files are held against the metrics of the code only."""


def main() -> int:
    """0 when everything held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, help="where the report goes")
    chosen = parser.parse_args()
    check, problem = Check(), ""
    steps: list[tuple[str, Callable[[], str]]] = [
        ("our image", image),
        ("docker compose up", up),
        ("three and two workers, and kill -9", scaled),
        ("down, and up again", kept),
        ("what is wrong is one line", refusals),
        ("backup and restore", backed_up),
    ]
    try:
        for what, do in steps:
            check.step(what, do)
    except (Wrong, subprocess.TimeoutExpired) as wrong:
        problem = str(wrong)
        sys.stderr.write(f"engine-check: {problem}\n")
    finally:
        compose("--profile=tools", "down", "--volumes", code=None)
    text = told(check, problem)
    sys.stdout.write(text)
    if chosen.report:
        chosen.report.write_text(text, encoding="utf-8")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
