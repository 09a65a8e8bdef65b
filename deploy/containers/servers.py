"""PostgreSQL and Kafka as containers: the official images, with the settings of the topology."""

from pathlib import Path

from deploy.containers.facts import (
    BROKER_PORT,
    CONTROLLER_PORT,
    COUNTRY_OF,
    LOGINS,
    SECRETS,
    facts,
)
from deploy.containers.shape import Service, after, limits
from deploy.local.kafka import Node, of_image, properties
from deploy.topology import IMAGES, POSTGRES_SETTINGS, SUPERUSER

PEM = "/etc/kafka/kafka.pem"
# A formatted folder keeps the id that it has, and its image refuses any other; an empty one must
# become another cluster, or the relays could not tell that what they said there is gone.
# $$ is compose's $.
START = (
    'known="$$(sed -n s/^cluster.id=//p $$KAFKA_LOG_DIRS/meta.properties 2> /dev/null)"; '
    'new="$$(head -c 16 /dev/urandom | base64 | tr +/ xy | tr -d =)"; '
    'export CLUSTER_ID="$${known:-$$new}"; '
    # where an authority is named: TLS for all but the controller, which no other container needs
    'if [ -n "$$TIREK_KAFKA_CA" ]; then '
    "export KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=CLIENTS:SASL_SSL,CONTROLLER:SASL_PLAINTEXT "
    f"KAFKA_SSL_KEYSTORE_TYPE=PEM KAFKA_SSL_KEYSTORE_LOCATION={PEM} "
    'KAFKA_SSL_TRUSTSTORE_TYPE=PEM KAFKA_SSL_TRUSTSTORE_LOCATION="$$TIREK_KAFKA_CA"; fi; '
    "exec /etc/kafka/docker/run"
)
# ApiVersions, version 0: what answers it is a broker at work. Kafka's own tool is a JVM each time,
# and nothing in the image speaks TLS by itself: then the controller is asked, in the same process.
ASK = (
    f'at="$${{TIREK_KAFKA_CA:+{CONTROLLER_PORT}}}"; '
    f'exec 3<> "/dev/tcp/127.0.0.1/$${{at:-{BROKER_PORT}}}" && '
    r"printf '\0\0\0\12\0\22\0\0\0\0\0\1\377\377' >&3 && "
    "test $$(head -c 8 <&3 | wc -c) = 8"
)
_UNPRIVILEGED = {"cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}
_TO_BECOME_POSTGRES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]
"""Its image begins as root, takes its folder into possession and becomes the user postgres."""


def postgres() -> Service:
    """Its cluster is made at the first start, with the superuser's password from a file."""
    settings = (f"{name}={value}" for name, value in POSTGRES_SETTINGS.items())
    return {
        "image": IMAGES["postgres"],
        "command": ["postgres", *(part for each in settings for part in ("-c", each))],
        "restart": "unless-stopped",
        **_UNPRIVILEGED,
        "cap_add": _TO_BECOME_POSTGRES,
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
        "depends_on": after(("secrets",)),
        **limits("postgres"),
    }


def kafka() -> Service:
    """One broker that is its own controller, as its image's own user; clients come by its name."""
    node = Node(1, Path("/var/lib/kafka"), BROKER_PORT, CONTROLLER_PORT)
    said = properties([node], node)
    said["listeners"] = f"CLIENTS://:{BROKER_PORT},CONTROLLER://:{CONTROLLER_PORT}"
    said["advertised.listeners"] = f"CLIENTS://kafka:{BROKER_PORT}"
    # the image formats without the options that a quorum that may change would need
    del said["controller.quorum.bootstrap.servers"]
    said["controller.quorum.voters"] = f"1@kafka:{CONTROLLER_PORT}"
    return {
        "image": IMAGES["kafka"],
        "command": ["bash", "-c", START],
        "restart": "unless-stopped",
        **_UNPRIVILEGED,
        "stop_grace_period": "60s",
        "environment": of_image(said, "-Xms64m -Xmx512m", Path(LOGINS))
        | {"TIREK_KAFKA_CA": facts({}).kafka_ca},
        "volumes": [
            "kafka-data:/var/lib/kafka/data",
            f"secrets-broker:{SECRETS}:ro",
            COUNTRY_OF,
            f"${{TIREK_KAFKA_PEM:-/dev/null}}:{PEM}:ro",  # a private key, for nobody else
        ],
        "healthcheck": {
            "test": ["CMD", "bash", "-c", ASK],
            "interval": "5s",
            "timeout": "5s",
            "retries": 30,
        },
        "networks": ["inside"],
        "depends_on": after(("secrets",)),
        **limits("kafka"),
    }
