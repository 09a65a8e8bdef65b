"""The one table of what runs: processes, ports, environment, databases and roles.

The embedded stack starts from it, and docker-compose.yml is written from it. Values of the
environment are templates; whoever starts a process fills in the facts (`Facts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.environments import OF_ALL, OF_MIGRATION, OF_SERVICE, OF_SERVING, SMSC_PASSWORD
from shared.events import services

HOST = "127.0.0.1"
SERVICES = tuple(services.SERVICES)
MAIL_FROM = "coordination@example.invalid"
SMS_SENDER = "1000"
SERVICE_LABEL = "Kezek"
"""What texts begin with in the demo: Kyrgyz for a turn of duty."""
LEDGER_ORIGIN = "kezek.example/ledger"
"""What the demo's ledger is called (`services.audit.settings`)."""


IMAGES = {
    "python": "python:3.11-slim",
    "kafka": "apache/kafka:4.4.0",
    "postgres": "postgres:18",
    "prometheus": "prom/prometheus:v3.5.0",
    "grafana": "grafana/grafana:12.1.0",
}
"""The official images; the embedded parts are of the same versions."""
SUPERUSER = "postgres"
POSTGRES_SETTINGS = {
    "password_encryption": "scram-sha-256",
    # durable like the real thing: what the tests prove must not hang on a setting
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    # DETAIL quotes values of rows, and a log must not name a person
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True, slots=True)
class Port:
    """A TCP port of the embedded stack, on the loopback address."""

    name: str
    number: int
    what: str

    @property
    def setting(self) -> str:
        """The environment variable that moves it."""
        return f"TIREK_PORT_{self.name.upper()}"


PORTS: dict[str, Port] = {
    port.name: port
    for port in (
        *(Port(name, each.port, f"{name}'s API") for name, each in services.SERVICES.items()),
        *(
            Port(f"{name}_health", each.health_port, f"health of {name}'s worker")
            for name, each in services.SERVICES.items()
        ),
        Port("phones", 8120, "the page of phones"),
        Port("mail", 8121, "the page of e-mails"),
        Port("smpp", 2775, "the SMS simulator"),
        Port("smtp", 2525, "the mail catcher"),
        Port("kafka", 9392, "Kafka"),
        Port("kafka_controller", 9393, "Kafka's controller"),
        Port("postgres", 5542, "PostgreSQL"),
    )
}


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema with the role that owns it (migrations) and the one that works in it (a service)."""

    database: str
    name: str
    owner: str
    role: str


SCHEMAS: tuple[Schema, ...] = (
    *(Schema("tirek", name, f"tirek_{name}_owner", f"tirek_{name}") for name in SERVICES),
    Schema("tirek_keys", "keys", "tirek_keys_owner", "tirek_keys"),
)
CLOCK = Schema("tirek", "clock", "tirek_clock", "tirek_clock")
"""Holds the offset by which tests turn the clock; every service role reads it."""

ROLES: dict[str, str] = {
    role: schema.database for schema in (*SCHEMAS, CLOCK) for role in (schema.owner, schema.role)
}
"""Each role with the one database it may connect to."""

ROLE_SETTINGS: dict[str, str] = {
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "synchronous_commit": "on",
    "jit": "off",
}
"""What the server itself enforces on every service role. Where it can compile statements, it would
do that anew for each report, for longer than the report takes."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the templates are filled with. ``secrets`` holds one folder of key files a service."""

    env: str
    bind: str
    """The address that processes listen on."""
    simulators: str
    """The host of the simulators."""
    kafka: str
    port: Mapping[str, int]
    dsn: Mapping[str, str]
    bus: Mapping[str, str]
    """The password of each service on the bus."""
    state: str
    secrets: str
    jurisdiction: str
    policies: str
    directory: str
    host: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(SERVICES, HOST))
    """Where a service finds each service's API."""
    origin: str = ""
    """Where browsers find the console, if it is not where it listens. It has TLS by files of its
    own, or by a proxy, or neither."""
    published: str = ""
    """The address of the machine at which others reach it, if it is not where it listens."""
    help_number: str = ""
    """Whom people of the console call when it fails them."""
    kafka_ca: str = ""
    """Certificates of who may have signed the brokers'; with it TLS."""
    tls_cert: str = ""
    tls_key: str = ""
    trusted_proxy: str = ""
    mail_from: str = MAIL_FROM
    sms_sender: str = SMS_SENDER
    service_label: str = SERVICE_LABEL
    ledger_origin: str = LEDGER_ORIGIN

    def fill(self, template: str) -> str:
        """The template with every ``{fact}`` replaced; raises `KeyError` for an unknown one."""
        return template.format_map({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Process:
    """``python -m module *arguments``. Without ``health`` it is a task, which runs to its end.

    ``health``: for each of these ports the path that answers 200 when the process is ready.
    """

    name: str
    module: str
    arguments: tuple[str, ...]
    needs: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    health: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


_WORK_NEEDS: dict[str, tuple[str, ...]] = {"notify": ("simulators",)}


def _service(name: str) -> tuple[Process, ...]:
    module, migrated, health = f"services.{name}", f"{name}.migrate", f"{name}_health"
    password = {"TIREK_KAFKA_PASSWORD": f"{{bus[{name}]}}"}
    environment = {
        **OF_ALL,
        "TIREK_HTTP_HOST": "{bind}",
        "TIREK_DATABASE_URL": f"{{dsn[tirek_{name}]}}",
        "TIREK_KEYS_DIR": f"{{secrets}}/{name}",
        **{
            f"TIREK_{each.upper()}_API": f"http://{{host[{each}]}}:{{port[{each}]}}"
            for each in services.asked_by(name)
        },
        **OF_SERVICE.get(name, {}),
    }
    return (
        Process(
            name=migrated,
            module=module,
            arguments=("migrate",),
            needs=("provision",),
            environment={
                **environment,
                "TIREK_MIGRATION_URL": f"{{dsn[tirek_{name}_owner]}}",
                **OF_MIGRATION.get(name, {}),
            },
        ),
        Process(
            name=f"{name}.serve",
            module=module,
            arguments=("serve",),
            needs=(migrated,),
            ports=(name,),
            health={name: "/health/ready"},
            environment={
                **environment,
                **password,
                "TIREK_HTTP_PORT": f"{{port[{name}]}}",
                **OF_SERVING.get(name, {}),
            },
        ),
        Process(
            name=f"{name}.work",
            module=module,
            arguments=("work",),
            needs=(migrated, "topics", *_WORK_NEEDS.get(name, ())),
            ports=(health,),
            health={health: "/health/ready"},
            environment={**environment, **password, "TIREK_HEALTH_PORT": f"{{port[{health}]}}"},
        ),
    )


SIMULATORS = Process(
    name="simulators",
    module="deploy.simulators",
    arguments=(
        "--host={bind}",
        "--smpp-port={port[smpp]}",
        "--smtp-port={port[smtp]}",
        "--phones-port={port[phones]}",
        "--mail-port={port[mail]}",
        "--ledger={state}/simulators.jsonl",
        f"--password={SMSC_PASSWORD}",
    ),
    ports=("smpp", "smtp", "phones", "mail"),
    health={"phones": "/health", "mail": "/health"},
)

PROCESSES: dict[str, Process] = {
    process.name: process
    for process in (SIMULATORS, *(each for name in SERVICES for each in _service(name)))
}

NEEDS: dict[str, tuple[str, ...]] = {
    "postgres": (),
    "kafka": (),
    "provision": ("postgres",),
    "topics": ("kafka",),
    **{process.name: process.needs for process in PROCESSES.values()},
}
"""Every part of a stack, with the parts that must be up, or done, before it starts."""

PORTS_OF: dict[str, tuple[str, ...]] = {
    "postgres": ("postgres",),
    "kafka": ("kafka", "kafka_controller"),
    **{process.name: process.ports for process in PROCESSES.values()},
}
