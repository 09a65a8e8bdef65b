"""``make compose`` writes docker-compose.yml from the topology; ``--check`` says whether it would.

Services that may be scaled (the workers: ``intake``, ``referral``, ``notify``) publish nothing and
have no fixed name; their APIs are ``intake-api``, ``referral-api``, ``notify-api``.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.containers import facts
from deploy.containers.facts import BROKER_PORT, CONTROLLER_PORT, RECIPIENTS, SECRETS
from deploy.containers.observing import observing
from deploy.local.kafka import Node, properties
from deploy.topology import (
    HOST,
    IMAGES,
    PORTS,
    POSTGRES_SETTINGS,
    PROCESSES,
    SERVICES,
    SIMULATORS,
    SUPERUSER,
    Process,
)

PATH = Path(__file__).parents[2] / "docker-compose.yml"
HEADER = """\
# The same Tirek in containers: `docker compose up`; its last words are the demo's addresses.
# Written by `make compose` from deploy/topology.py; `make check` fails when it differs.
#
#   docker compose up -d --scale referral=3 --scale notify=2     more workers
#   docker compose --profile observe up -d                       Prometheus and Grafana too
#   docker compose run --rm tirek --help                         the tirek command, inside
#   docker compose run --rm operator parked list                 the same with every secret
#   docker compose run --rm status                               what is up, and where
#   docker compose down                                          ends it; the volumes stay
#
# TIREK_ENV=prod TIREK_POLICIES=/app/deploy/jurisdictions/kg/policies.yaml is real life: no sample
# country, real deadlines. TIREK_PUBLISH is the address that APIs and pages are published on.
"""
CLUSTER_ID = "dGlyZWstaW4tY29udGFpbg"
MEMORY = {"kafka": "1g", "postgres": "1g", "serve": "320m", "work": "320m", "job": "320m"}
CPUS = {"kafka": "2.0", "postgres": "2.0", "serve": "1.0", "work": "1.0", "job": "1.0"}
Service = dict[str, Any]


def compose() -> dict[str, Any]:
    """The whole file as a value."""
    services = {
        "secrets": _secrets(),
        "postgres": _postgres(),
        "kafka": _kafka(),
        "provision": _provision(),
        "topics": _topics(),
        "simulators": _simulators(),
        **{name_of(each): _process(each) for each in PROCESSES.values() if each is not SIMULATORS},
        "samples": _samples(),
        "status": _status(),
        "tirek": _tool(),
        "operator": _operator(),
        **observing(),
    }
    volumes = ["postgres-data", "kafka-data", "simulators-data", "prometheus-data", "grafana-data"]
    volumes += [f"secrets-{name}" for name in ("all", *RECIPIENTS)]
    return {
        "name": "tirek",
        "services": services,
        # whoever is on it reaches nothing outside; what is published is on `edge` too
        "networks": {"inside": {"internal": True}, "edge": {}},
        "volumes": dict.fromkeys(volumes),
    }


def name_of(process: Process) -> str:
    """Of its compose service: the worker has the service's own name, for it is what is scaled."""
    service, _, what = process.name.partition(".")
    return {"work": service, "serve": f"{service}-api", "migrate": f"{service}-migrate"}[what]


# --- ours ----------------------------------------------------------------------------------------


def _ours(kind: str, command: list[str], **more: Any) -> Service:
    """What all containers of our image have: no privilege, and no place to write but /tmp."""
    return {
        "image": "tirek:${TIREK_VERSION:-local}",
        "pull_policy": "never",  # the service `secrets` builds it
        "command": command,
        "init": True,
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 - in a container of its own
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "networks": ["inside"],
        **_limits(kind),
        **more,
    }


def _limits(kind: str) -> Service:
    return {"deploy": {"resources": {"limits": {"cpus": CPUS[kind], "memory": MEMORY[kind]}}}}


def _job(command: list[str], **more: Any) -> Service:
    """It runs to its end, once."""
    return _ours("job", command, restart="no", healthcheck={"disable": True}, **more)


def _after(done: tuple[str, ...] = (), healthy: tuple[str, ...] = ()) -> dict[str, Any]:
    finished = {name: {"condition": "service_completed_successfully"} for name in done}
    return finished | {name: {"condition": "service_healthy"} for name in healthy}


def _secrets() -> Service:
    made = _job(
        ["deploy.containers.secrets"], volumes=_all_secrets("/secrets"), network_mode="none"
    )
    del made["pull_policy"], made["networks"]
    build = {
        "context": ".",
        "dockerfile": "deploy/Dockerfile",
        "args": {"PYTHON": IMAGES["python"]},
    }
    return {"build": build, **made}


def _all_secrets(at: str) -> list[str]:
    """Every volume of secrets, those of services within that of all."""
    return [f"secrets-all:{at}", *(f"secrets-{name}:{at}/{name}" for name in RECIPIENTS)]


def _provision() -> Service:
    return _job(
        ["deploy.containers.provision"],
        volumes=[f"secrets-all:{SECRETS}:ro"],
        depends_on=_after(("secrets",), ("postgres",)),
    )


def _topics() -> Service:
    kafka = {"TIREK_KAFKA": f"kafka:{BROKER_PORT}"}
    return _job(
        ["deploy.containers.topics"],
        environment=kafka,
        depends_on=_after(("secrets",), ("kafka",)),
    )


def _process(process: Process) -> Service:
    volumes = [f"secrets-{facts.recipient(process.name)}:{SECRETS}:ro"]
    environment = facts.environment(process)
    command = [process.module, *process.arguments]
    if not process.health:
        return _job(
            command,
            environment=environment,
            volumes=volumes,
            depends_on=_after(("provision",)),
        )
    kind = process.arguments[0]
    more: Service = {}
    if kind == "serve":
        more = {
            "networks": ["inside", "edge"],
            "ports": [_published(name) for name in process.ports],
        }
    return (
        _ours(
            kind,
            command,
            restart="unless-stopped",
            stop_grace_period="15s",
            environment=environment | {"TIREK_HEALTH": _health(process)},
            volumes=volumes,
            depends_on=_needs(process),
        )
        | more
    )


def _needs(process: Process) -> dict[str, Any]:
    done = [each for each in process.needs if each != SIMULATORS.name]
    names = tuple(name_of(PROCESSES[each]) if each in PROCESSES else each for each in done)
    healthy = ("simulators",) if SIMULATORS.name in process.needs else ()
    return _after(names, healthy)


def _simulators() -> Service:
    return _ours(
        "serve",
        [SIMULATORS.module, *(facts.facts({}).fill(each) for each in SIMULATORS.arguments)],
        restart="unless-stopped",
        environment={"TIREK_HEALTH": _health(SIMULATORS)},
        volumes=[f"simulators-data:{facts.STATE}"],
        depends_on=_after(("secrets",)),
        ports=[_published("phones"), _published("mail")],
    ) | {"networks": ["inside", "edge"]}


def _samples() -> Service:
    return _job(
        ["deploy.containers.samples"],
        environment={
            "TIREK_ENV": facts.facts({}).env,
            "TIREK_NOTIFY_URL": _url("notify"),
        },
        volumes=[f"secrets-console:{SECRETS}:ro"],
        depends_on=_after((), ("notify-api",)),
    )


def _status() -> Service:
    """The last to run: what is up, and where people go."""
    running = [each for each in PROCESSES.values() if each.health]
    parts = [
        f"--part={_part(each, port)}=http://{_host(each)}:{PORTS[port].number}{path}"
        for each in running
        for port, path in each.health.items()
    ]
    seen = {PORTS[name].setting: _port(name) for name in ("phones", "mail", *SERVICES)}
    return _job(
        ["deploy.cli", "status", *parts],
        environment=seen,
        depends_on=_after(("samples",), tuple(_host(each) for each in running)),
    )


def _tool() -> Service:
    """The tirek command: ``docker compose run --rm tirek ...``."""
    urls = {f"TIREK_{name.upper()}_URL": _url(name) for name in SERVICES}
    return _job(
        ["deploy.cli"],
        entrypoint=["python", "-m", "deploy.cli"],
        environment={
            **urls,
            "TIREK_TOKEN": "${TIREK_TOKEN:-}",
            "TIREK_CONSOLE_KEY": f"{SECRETS}/tokens.private.json",
        },
        volumes=[f"secrets-console:{SECRETS}:ro"],
        profiles=["tools"],
    ) | {"command": ["--help"]}


def _operator() -> Service:
    """The same for whoever runs it: with every secret, the database and the broker."""
    return _tool() | {
        "environment": {
            "TIREK_SECRETS": SECRETS,
            "TIREK_POSTGRES": f"postgres:{facts.DATABASE_PORT}",
            "TIREK_KAFKA": f"kafka:{BROKER_PORT}",
            "TIREK_SUPERUSER_URL": f"postgresql://{SUPERUSER}@postgres:{facts.DATABASE_PORT}",
            "PGPASSFILE": f"{SECRETS}/superuser/pgpass",
        },
        "volumes": [*_all_secrets(SECRETS), "${TIREK_BACKUPS:-./backups}:/backups"],
    }


def _host(process: Process) -> str:
    return process.name if process is SIMULATORS else name_of(process)


def _part(process: Process, port: str) -> str:
    return process.name if len(process.health) == 1 else port


def _url(service: str) -> str:
    return f"http://{service}-api:{PORTS[service].number}"


def _health(process: Process) -> str:
    return " ".join(f"{PORTS[port].number}{path}" for port, path in process.health.items())


def _published(name: str) -> str:
    return f"${{TIREK_PUBLISH:-{HOST}}}:{_port(name)}:{PORTS[name].number}"


def _port(name: str) -> str:
    return f"${{{PORTS[name].setting}:-{PORTS[name].number}}}"


# --- the servers ---------------------------------------------------------------------------------


def _postgres() -> Service:
    settings = (f"{name}={value}" for name, value in POSTGRES_SETTINGS.items())
    return {
        "image": IMAGES["postgres"],
        "command": ["postgres", *(part for each in settings for part in ("-c", each))],
        "restart": "unless-stopped",
        "shm_size": "128m",
        "stop_grace_period": "60s",
        "environment": {
            "POSTGRES_USER": SUPERUSER,
            "POSTGRES_PASSWORD_FILE": "/run/superuser/password",
            "POSTGRES_HOST_AUTH_METHOD": "scram-sha-256",
            "POSTGRES_INITDB_ARGS": "--auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8",
        },
        "volumes": ["postgres-data:/var/lib/postgresql", "secrets-superuser:/run/superuser:ro"],
        "healthcheck": {
            # over TCP: the server that only makes the cluster listens on a socket alone
            "test": ["CMD", "pg_isready", "--host=127.0.0.1", f"--username={SUPERUSER}"],
            "interval": "2s",
            "timeout": "3s",
            "retries": 60,
        },
        "networks": ["inside"],
        "depends_on": _after(("secrets",)),
        **_limits("postgres"),
    }


def _kafka() -> Service:
    node = Node(1, Path("/var/lib/kafka"), BROKER_PORT, CONTROLLER_PORT)
    said = properties([node], node)
    said["listeners"] = f"CLIENTS://:{BROKER_PORT},CONTROLLER://:{CONTROLLER_PORT}"
    said["advertised.listeners"] = f"CLIENTS://kafka:{BROKER_PORT}"
    # the image formats without the options that a quorum that may change would need
    del said["controller.quorum.bootstrap.servers"]
    said["controller.quorum.voters"] = f"1@kafka:{CONTROLLER_PORT}"
    return {
        "image": IMAGES["kafka"],
        "restart": "unless-stopped",
        "stop_grace_period": "60s",
        "environment": {
            "CLUSTER_ID": CLUSTER_ID,
            "KAFKA_HEAP_OPTS": "-Xms64m -Xmx512m",
            **{f"KAFKA_{name.upper().replace('.', '_')}": text for name, text in said.items()},
        },
        "volumes": ["kafka-data:/var/lib/kafka/data"],
        "healthcheck": {
            "test": [
                "CMD",
                "/opt/kafka/bin/kafka-broker-api-versions.sh",
                "--bootstrap-server",
                f"kafka:{BROKER_PORT}",
            ],
            "interval": "5s",
            "timeout": "10s",
            "retries": 30,
        },
        "networks": ["inside"],
        **_limits("kafka"),
    }


# --- as a file -----------------------------------------------------------------------------------


class _Plain(yaml.SafeDumper):
    """No anchors: the file is for people too."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def rendered(value: Mapping[str, Any]) -> str:
    """The text of the file."""
    body = yaml.dump(value, Dumper=_Plain, sort_keys=False, width=110, allow_unicode=True)
    return HEADER + body.replace(": null\n", ":\n")


def main() -> int:
    """Writes it, or with ``--check`` answers 1 when it is another."""
    text = rendered(compose())
    if "--check" not in sys.argv[1:]:
        PATH.write_text(text, encoding="utf-8")
        return 0
    if PATH.exists() and PATH.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{PATH.name} is not what the table says: run `make compose`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
