"""What the topology's templates are filled with where every process is a container of its own."""

from collections.abc import Mapping

from deploy.provision.secrets import on_the_bus
from deploy.topology import (
    HOST,
    LEDGER_ORIGIN,
    MAIL_FROM,
    PORTS,
    PROCESSES,
    ROLES,
    SERVICE_LABEL,
    SERVICES,
    SMS_SENDER,
    Facts,
    Process,
)
from shared import database_url
from shared.settings import JURISDICTION

SECRETS = "/run/tirek"
"""Where a container finds its own secrets, and no other's."""
OUTBOX_MAC = "${TIREK_OUTBOX_MAC:-}"
"""Empty unless somebody said it: then each service's key says whether MACs are required."""
STATE = "/var/lib/tirek"
HOME = "/app"
SAMPLES = f"{HOME}/deploy/samples"
COUNTRY = "/country"
"""Where a folder of the operator's is seen: the directory and the jurisdiction of real life."""
COUNTRY_OF = f"${{TIREK_COUNTRY:-./deploy/samples}}:{COUNTRY}:ro"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - in a container; compose publishes what people need
BROKER_PORT, CONTROLLER_PORT, DATABASE_PORT = 9092, 9093, 5432
_SECRET = ("_URL", "_PASSWORD")  # an address that names a user names a password too


def facts(dsn: Mapping[str, str], bus: Mapping[str, str] | None = None) -> Facts:
    """Hosts are the names of compose services; ports are those of the table."""
    return Facts(
        env="${TIREK_ENV:-demo}",
        bind=EVERYWHERE,
        simulators="simulators",
        kafka=f"kafka:{BROKER_PORT}",
        port={name: port.number for name, port in PORTS.items()},
        dsn=dsn,
        bus=bus or dict.fromkeys(SERVICES, ""),
        state=STATE,
        secrets=SECRETS,
        jurisdiction=f"${{TIREK_JURISDICTION:-{HOME}/{JURISDICTION}}}",
        policies=f"${{TIREK_POLICIES:-{SAMPLES}/demo-policies.yaml}}",
        directory=f"${{TIREK_DIRECTORY:-{SAMPLES}/directory.yaml}}",
        host={name: f"{name}-api" for name in SERVICES},
        origin=f"${{TIREK_ORIGIN:-http://{HOST}:{PORTS['console'].number}}}",
        published=f"${{TIREK_PUBLISH:-{HOST}}}",
        help_number="${TIREK_HELP_NUMBER:-}",
        kafka_ca="${TIREK_KAFKA_CA:-}",
        tls_cert="${TIREK_TLS_CERT:-}",
        tls_key="${TIREK_TLS_KEY:-}",
        trusted_proxy="${TIREK_TRUSTED_PROXY:-}",
        mail_from=f"${{TIREK_MAIL_FROM:-{MAIL_FROM}}}",
        sms_sender=f"${{TIREK_SMS_SENDER:-{SMS_SENDER}}}",
        service_label=f"${{TIREK_SERVICE_LABEL:-{SERVICE_LABEL}}}",
        ledger_origin=f"${{TIREK_LEDGER_ORIGIN:-{LEDGER_ORIGIN}}}",
    )


def dsns(passwords: Mapping[str, str]) -> dict[str, str]:
    """Every role's connection."""
    place = f"postgres:{DATABASE_PORT}"
    return {
        role: database_url.url(role, passwords[role], place, database)
        for role, database in ROLES.items()
    }


def environment(process: Process) -> dict[str, str]:
    """What is no secret, with where the rest is."""
    known = facts(dict.fromkeys(ROLES, ""))
    plain = {
        name: known.fill(text)
        for name, text in process.environment.items()
        if not name.endswith(_SECRET)
    }
    return plain | {
        "TIREK_KEYS_DIR": SECRETS,
        "TIREK_SECRETS_DIR": SECRETS,
        "TIREK_OUTBOX_MAC": OUTBOX_MAC,
    }


def secrets_of(process: Process, passwords: Mapping[str, str]) -> dict[str, str]:
    """What is kept in files instead: by file name, as pydantic-settings looks for it."""
    known = facts(dsns(passwords), on_the_bus(passwords))
    return {
        name.lower(): known.fill(text)
        for name, text in process.environment.items()
        if name.endswith(_SECRET)
    }


def recipient(process: str) -> str:
    """Whose folder of secrets a process has: a service's, or its migration's."""
    service, _, what = process.partition(".")
    return f"{service}-migrate" if what == "migrate" else service


RECIPIENTS = (*SERVICES, *(f"{service}-migrate" for service in SERVICES), "superuser", "broker")
"""Each has a volume of its own. ``superuser`` is read by PostgreSQL at its first start, ``broker``
by Kafka at each."""
LOGINS = f"{SECRETS}/logins.jaas"
"""Where Kafka finds the file of its logins (`deploy.local.kafka.logins`)."""

GATEWAYS = tuple(
    name for name, text in PROCESSES["notify.work"].environment.items() if "{simulators}" in text
)
"""Where texts and mail leave by: the simulators' in a demo, in real life a person's to give."""
