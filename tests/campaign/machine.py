"""The machine a campaign runs on: what it can do, and how the report describes it."""

import os
import platform
import shutil
from importlib.metadata import version

import psutil

from deploy.local.postgres import MAJOR

WHY: dict[str, str] = {
    "root": "needs root",
    "netns": "needs root and network namespaces (unshare), with iptables in them",
    "faketime": "needs libfaketime",
}
"""What a fault may need, and why it was not made where that is missing."""


def missing(needs: tuple[str, ...]) -> list[str]:
    """Why a fault cannot be made here; empty when it can."""
    able = {
        "root": os.geteuid() == 0,
        "netns": os.geteuid() == 0 and bool(shutil.which("unshare") and shutil.which("iptables")),
        "faketime": shutil.which("faketime") is not None,
    }
    return [WHY[need] for need in needs if not able[need]]


def described() -> list[str]:
    """Lines for the report, in general words: no name, no path."""
    memory = psutil.virtual_memory().total / 2**30
    return [
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB of "
        "memory; load generator, brokers, database and services share them",
        f"Python {platform.python_version()}; PostgreSQL {MAJOR}, fsync and synchronous_commit on; "
        f"Apache Kafka, acks=all and an idempotent producer; aiokafka {version('aiokafka')}, "
        f"asyncpg {version('asyncpg')}",
    ]
