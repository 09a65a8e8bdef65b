"""The machine a campaign runs on: what it can do, and how the report describes it."""

import os
import platform
import shutil
from collections.abc import Callable
from importlib.metadata import version

import psutil

from deploy.local.postgres import MAJOR
from tests.support.faults.clocks import library
from tests.support.faults.missing import Missing


def _root() -> str:
    return "" if os.geteuid() == 0 else "needs root"


def _namespace() -> str:
    tools = [each for each in ("unshare", "iptables", "ip", "setpriv") if not shutil.which(each)]
    return _root() or (f"needs {', '.join(tools)}" if tools else "")


def _faketime() -> str:
    try:
        library()
    except Missing as problem:
        return str(problem)
    return ""


ASKED: dict[str, Callable[[], str]] = {"root": _root, "netns": _namespace, "faketime": _faketime}
"""What a fault may need: why it is not there, or nothing."""


def missing(needs: tuple[str, ...]) -> list[str]:
    """Why a fault cannot be made here; empty when it can."""
    return [why for need in needs if (why := ASKED[need]())]


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
