"""``python -m deploy.engine_check``: docker-compose.yml on a real engine, step by step.

Needs a running Docker engine and Compose 2; where no image can be pulled, `standins.sh` makes
images that stand in. Ends with 1 at the first thing that is not as it must be, and takes
everything down again. The report is written to the file that is named.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from deploy.engine_check.engine import (
    PROJECT,
    ROOT,
    Wrong,
    compose,
    finished,
    members,
    run,
    value,
    versions,
    wait,
)
from deploy.engine_check.report import Check, told
from deploy.engine_check.seen import shares, texts
from deploy.samples.load import load_incidents
from deploy.topology import IMAGES, PROCESSES, SERVICES
from shared.jurisdiction import load_jurisdiction
from shared.settings import JURISDICTION

REPORTER, SAMPLE = "st-v5oef5ab", "12-late-yes"
INCIDENTS = 60
LINE = 160
UNSETTLED = """
SELECT (SELECT count(*) FROM notify.alerts WHERE outcome IS NULL)
     + (SELECT count(*) FROM notify.messages WHERE status IN ('queued', 'claimed'))
"""
SAID = " UNION ALL ".join(f"SELECT cluster, acknowledged FROM {each}.bus" for each in SERVICES)
MEANT = " + ".join(f"(SELECT count(*) FROM {each}.outbox)" for each in SERVICES)
IDENTITY = "sed -n s/^cluster.id=//p /var/lib/kafka/data/meta.properties"


def up() -> str:
    """Everything, from nothing: no image of ours, no volume."""
    run("docker", "image", "rm", "--force", "tirek:local", code=None)
    compose("up", "--detach", within=900)
    return settled()


def settled() -> str:
    """Waits for the job that says what is up; how many parts it says are."""
    said = wait(lambda: finished("status"), "status has not ended", 240)
    wait(lambda: finished("samples"), "samples has not ended")
    said = said[said.rfind("┏") :]  # an earlier run of the same container stands before it
    meant = sum(len(each.health) for each in PROCESSES.values())
    ready = len(re.findall(r"│ ready +│", said))
    if ready != meant or "http://127.0.0.1:8120" not in said:
        raise Wrong(f"{ready} of {meant} parts ready: {said}")
    return f"{ready} parts ready, addresses printed"


def image() -> str:
    """What compose built: small, not root, no compiler, nothing that installs."""
    size = int(run("docker", "image", "inspect", "--format={{.Size}}", "tirek:local"))
    base = int(run("docker", "image", "inspect", "--format={{.Size}}", IMAGES["python"]))
    user = inside("id", "-u").strip()
    tools = inside("sh", "-c", "command -v gcc cc make pip pip3 || true").strip()
    for python in ("/opt/tirek/bin/python", *inside("sh", "-c", "ls /usr/*/bin/python3").split()):
        found = "from importlib.util import find_spec as f; print(f('pip') or f('ensurepip') or '')"
        tools += inside(python, "-I", "-c", found).strip()
    if user != "10001" or tools:
        raise Wrong(f"user {user}, tools {tools}")
    ours = f"{(size - base) / 2**20:.0f} MB over its base"
    return f"{size / 2**20:.0f} MB, {ours}; user {user}, no compiler, no pip"


def inside(command: str, *arguments: str) -> str:
    """What a command says in a container of our image."""
    return run("docker", "run", "--rm", f"--entrypoint={command}", "tirek:local", *arguments)


def report(token: str, key: str) -> str:
    """One incident; its id. A service that is just being killed is asked again."""
    zone = load_jurisdiction(ROOT / JURISDICTION).zone
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
    shared = [wait(partial(shares, *each), f"{each[0]} is not shared") for each in SCALED]
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
    wait(lambda: value(UNSETTLED) == "0", "alerts are not settled", 180)
    sent, marked = texts()
    parked = value(
        "SELECT (SELECT count(*) FROM intake.parked) + (SELECT count(*) FROM "
        "referral.parked) + (SELECT count(*) FROM notify.parked)"
    )
    missed = value(
        "SELECT count(*) FROM referral.service_request "
        "WHERE next_due < clock_timestamp() - interval '10 s'"
    )
    if (parked, missed) != ("0", "0"):
        raise Wrong(f"parked {parked}, deadlines missed {missed}")
    return (
        f"partitions shared {' and '.join(shared)}; {INCIDENTS} incidents, "
        f"{2 * len(SERVICES)} kills: 0 lost, 0 deadlines missed; {sent} texts on phones, "
        f"{marked} of them again and marked so, no other twice"
    )


SCALED = (("referral", 3), ("notify", 2))


def _kill(service: str) -> None:
    """kill -9 of all in a container, from inside: after `docker kill` it would be left down."""
    victim = wait(lambda: members(service), f"no {service} runs")[-1]
    run("docker", "exec", victim, "sh", "-c", "kill -9 -1", code=None)


def kept() -> str:
    """Down and up again: what was there is there."""
    before = value("SELECT count(*) FROM intake.incidents")
    compose("down")
    compose("up", "--detach")
    settled()
    if (after := value("SELECT count(*) FROM intake.incidents")) != before:
        raise Wrong(f"{before} incidents before, {after} after")
    return f"{after} incidents kept"


def emptied() -> str:
    """The broker's volume is gone: another cluster, and the relays say everything again."""
    before = compose("exec", "-T", "kafka", "sh", "-c", IDENTITY).strip()
    compose("rm", "--stop", "--force", "kafka")
    run("docker", "volume", "rm", f"{PROJECT}_kafka-data")
    compose("up", "--detach")
    settled()
    after = compose("exec", "-T", "kafka", "sh", "-c", IDENTITY).strip()
    if not before or not after or before == after:
        raise Wrong(f"the cluster was {before} and is {after}")
    known = f"SELECT coalesce(sum(acknowledged), 0) FROM ({SAID}) AS said WHERE cluster = '{after}'"

    def again() -> int:
        count = int(value(known))
        return count if count and count == int(value(f"SELECT {MEANT}")) else 0

    count = wait(again, "the new cluster does not hold what the outboxes hold", 180)
    return f"another cluster id; {count} events said again to it; {texts()[0]} texts on phones"


def alerts() -> str:
    """What fires when, as Prometheus itself reckons."""
    if not shutil.which("promtool"):
        return "not played: no promtool here"
    run("promtool", "test", "rules", "deploy/containers/alerts-test.yml")
    return "each fires when it must, and none while all is well"


def refusals() -> str:
    """A missing secret, a wrong address, an old schema, a taken port: one line each."""
    secrets = f"{PROJECT}_secrets-notify"
    keys = "--env=TIREK_KEYS_DIR=/run/tirek"
    base = ("docker", "run", "--rm", f"--network={PROJECT}_inside", keys)
    files = ("--env=TIREK_SECRETS_DIR=/run/tirek", f"--volume={secrets}:/run/tirek:ro")
    serve = ("tirek:local", "services.notify", "serve")
    real = compose("run", "--rm", "--env=TIREK_ENV=prod", "secrets", code=1)
    lines = {
        "real life on the demo": real[real.find("secrets: ") :],
        "a missing secret": run(*base, "--env=TIREK_SECRETS_DIR=/run/tirek", *serve, code=1),
        "a wrong address": run(
            *base,
            *files,
            "--env=TIREK_DATABASE_URL=postgresql://tirek_notify:wrong@postgres:5432/tirek",
            *serve,
            code=1,
        ),
    }
    now = value("SELECT version_num FROM notify.alembic_version")
    value("UPDATE notify.alembic_version SET version_num = '0001'")
    try:
        lines["an old schema"] = run(*base, *files, *serve, code=1)
    finally:
        value(f"UPDATE notify.alembic_version SET version_num = '{now}'")
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
    settled()
    if (after := value("SELECT count(*) FROM referral.offer")) < before:
        raise Wrong(f"{before} offers before, {after} after: {said}")
    shutil.rmtree(folder)
    return f"{after} offers back"


def main() -> int:
    """0 when everything held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, help="where the report goes")
    chosen = parser.parse_args()
    problem = ""
    try:
        check = Check(versions())
    except Wrong as missing:
        sys.stderr.write(f"engine-check: {missing}\n")
        return 1
    steps: list[tuple[str, Callable[[], str]]] = [
        ("docker compose up, which builds our image", up),
        ("our image", image),
        ("three and two workers, and kill -9", scaled),
        ("down, and up again", kept),
        ("the broker's volume emptied", emptied),
        ("what is wrong is one line", refusals),
        ("backup and restore", backed_up),
        ("alerts", alerts),
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
