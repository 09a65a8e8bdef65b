"""PostgreSQL and Kafka as containers: the official images, with the settings of the topology."""

from pathlib import Path

from deploy.containers.facts import BROKER_PORT, CONTROLLER_PORT
from deploy.containers.shape import Service, after, limits
from deploy.local.kafka import Node, properties
from deploy.topology import IMAGES, POSTGRES_SETTINGS, SUPERUSER

CLUSTER_ID = "dGlyZWstaW4tY29udGFpbg"


def postgres() -> Service:
    """Its cluster is made at the first start, with the superuser's password from a file."""
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
        "depends_on": after(("secrets",)),
        **limits("postgres"),
    }


def kafka() -> Service:
    """One broker that is its own controller; clients come by its name."""
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
        **limits("kafka"),
    }
