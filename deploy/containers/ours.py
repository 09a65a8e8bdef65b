"""The containers of our own image: services, jobs, simulators and tools, from the topology."""

from typing import Any

from deploy.containers import facts
from deploy.containers.facts import BROKER_PORT, COUNTRY_OF, RECIPIENTS, SECRETS
from deploy.containers.observing import PORTS as OBSERVING_PORTS
from deploy.containers.shape import Service, after, limits
from deploy.topology import HOST, IMAGES, PORTS, PROCESSES, SERVICES, SIMULATORS, SUPERUSER, Process


def name_of(process: Process) -> str:
    """Of its compose service: the worker has the service's own name, for it is what is scaled."""
    service, _, what = process.name.partition(".")
    return {"work": service, "serve": f"{service}-api", "migrate": f"{service}-migrate"}[what]


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
        **limits(kind),
        **more,
    }


def _job(command: list[str], **more: Any) -> Service:
    """It runs to its end, once."""
    return _ours("job", command, restart="no", healthcheck={"disable": True}, **more)


def secrets() -> Service:
    """Makes every secret that is missing, and refuses a real life that lacks something; builds the
    image, once for all."""
    known = facts.facts({})
    made = _job(
        ["deploy.containers.secrets"],
        environment={
            "TIREK_ENV": known.env,
            "TIREK_JURISDICTION": known.jurisdiction,
            "TIREK_DIRECTORY": known.directory,
            "TIREK_POLICIES": known.policies,
            # empty unless somebody said them: a default will not do in real life
            "TIREK_MAIL_FROM": "${TIREK_MAIL_FROM:-}",
            "TIREK_SMS_SENDER": "${TIREK_SMS_SENDER:-}",
            "TIREK_SERVICE_LABEL": "${TIREK_SERVICE_LABEL:-}",
            "TIREK_LEDGER_ORIGIN": "${TIREK_LEDGER_ORIGIN:-}",
        },
        volumes=[*_all_secrets("/secrets"), COUNTRY_OF],
        network_mode="none",
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


def provision() -> Service:
    """Databases, roles and their passwords."""
    return _job(
        ["deploy.containers.provision"],
        volumes=[f"secrets-all:{SECRETS}:ro"],
        depends_on=after(("secrets",), ("postgres",)),
    )


def topics() -> Service:
    """Every topic, user and rule of the bus, as the one table has it."""
    kafka = {"TIREK_KAFKA": f"kafka:{BROKER_PORT}", "TIREK_SECRETS": SECRETS}
    kafka |= {"TIREK_KAFKA_CA": facts.facts({}).kafka_ca}
    return _job(
        ["deploy.containers.topics"],
        environment=kafka,
        volumes=[f"secrets-all:{SECRETS}:ro"],
        depends_on=after(("secrets",), ("kafka",)),
    )


def process_of(process: Process) -> Service:
    """A process of the topology: a service under a restart policy, or a migration as a job."""
    volumes = [f"secrets-{facts.recipient(process.name)}:{SECRETS}:ro"]
    environment = facts.environment(process)
    command = [process.module, *process.arguments]
    if not process.health:
        return _job(
            command,
            environment=environment,
            volumes=volumes,
            depends_on=after(("provision",)),
        )
    volumes.append(COUNTRY_OF)
    kind = process.arguments[0]
    more: Service = {}
    if kind == "serve":
        # not published: metrics are for Prometheus, not for callers
        observed = PORTS[f"{process.name.partition('.')[0]}_health"].number
        environment |= {"TIREK_HEALTH_PORT": str(observed)}
        more = {
            "networks": ["inside", "edge"],
            "ports": [_published(name) for name in process.ports],
        }
    elif process.name == "notify.work":
        more = {"networks": ["inside", "outside"]}  # the gateways are out there
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
    return after(names, healthy)


def simulators() -> Service:
    """The SMS simulator with its page of phones, and the mail catcher."""
    return _ours(
        "serve",
        [SIMULATORS.module, *(facts.facts({}).fill(each) for each in SIMULATORS.arguments)],
        restart="unless-stopped",
        environment={"TIREK_HEALTH": _health(SIMULATORS)},
        volumes=[f"simulators-data:{facts.STATE}"],
        depends_on=after(("secrets",)),
        ports=[_published("phones"), _published("mail")],
    ) | {"networks": ["inside", "edge"]}


def samples() -> Service:
    """The sample country, outside real life."""
    return _job(
        ["deploy.containers.samples"],
        environment={
            "TIREK_ENV": facts.facts({}).env,
            "TIREK_NOTIFY_URL": _url("notify"),
        },
        volumes=[f"secrets-console:{SECRETS}:ro"],
        # the workers bring it the organisations of the directory
        depends_on=after((), ("notify-api", "notify", "referral")),
    )


def status() -> Service:
    """The last to end: what is up, what is not and why, and where people go."""
    running = [each for each in PROCESSES.values() if each.health]
    parts = [
        f"{_part(each, port)}={_scheme(each)}://{_host(each)}:{PORTS[port].number}{path}"
        for each in running
        for port, path in each.health.items()
    ]
    seen = {PORTS[name].setting: _port(name) for name in ("phones", "mail", *SERVICES)}
    seen |= {
        f"TIREK_PORT_{name}": f"${{TIREK_PORT_{name}:-{number}}}"
        for name, number in OBSERVING_PORTS.items()
    }
    return _job(
        ["deploy.containers.status", *parts],
        environment=seen,
        depends_on=after(("secrets",)),  # of what it tells it awaits nothing but by itself
    )


def tool() -> Service:
    """The tirek command: ``docker compose run --rm tirek ...``."""
    urls = {f"TIREK_{name.upper()}_URL": _url(name) for name in SERVICES}
    return _job(
        ["deploy.cli"],
        entrypoint=["python", "-m", "deploy.cli"],
        environment={
            **urls,
            "TIREK_JURISDICTION": facts.facts({}).jurisdiction,
            "TIREK_TOKEN": "${TIREK_TOKEN:-}",
            "TIREK_CONSOLE_KEY": f"{SECRETS}/tokens.private.json",
        },
        volumes=[f"secrets-console:{SECRETS}:ro", COUNTRY_OF],
        profiles=["tools"],
    ) | {"command": ["--help"]}


def operator() -> Service:
    """The same for whoever runs it: with every secret, the database and the broker."""
    return tool() | {
        "environment": {
            "TIREK_JURISDICTION": facts.facts({}).jurisdiction,
            "TIREK_ORIGIN": facts.facts({}).origin,
            "TIREK_LEDGER_ORIGIN": facts.facts({}).ledger_origin,
            "TIREK_SECRETS": SECRETS,
            "TIREK_POSTGRES": f"postgres:{facts.DATABASE_PORT}",
            "TIREK_KAFKA": f"kafka:{BROKER_PORT}",
            "TIREK_KAFKA_CA": facts.facts({}).kafka_ca,
            "TIREK_OUTBOX_MAC": facts.OUTBOX_MAC,
            "TIREK_SUPERUSER_URL": f"postgresql://{SUPERUSER}@postgres:{facts.DATABASE_PORT}",
            "PGPASSFILE": f"{SECRETS}/superuser/pgpass",
        },
        "volumes": [*_all_secrets(SECRETS), "${TIREK_BACKUPS:-./backups}:/backups", COUNTRY_OF],
    }


def _host(process: Process) -> str:
    return process.name if process is SIMULATORS else name_of(process)


def _scheme(process: Process) -> str:
    """By the same files that it serves by."""
    return "http${TIREK_TLS_CERT:+s}" if "TIREK_TLS_CERT" in process.environment else "http"


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
