"""Rules of the house that no linter knows, read off the code itself."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = sorted(
    path
    for top in ("shared", "services", "deploy")
    for path in (ROOT / top).rglob("*.py")
    if "__pycache__" not in path.parts
)
CLOCK, IDS, BUS, RELAY = (
    "shared/clock.py",
    "shared/ids.py",
    "shared/bus/subscriber.py",
    "shared/bus/relay.py",
)
MIGRATIONS = "shared/runtime/alembic/env.py"
PORTS: dict[str, set[str]] = {
    # what is called → where alone it may be
    "datetime.now": {CLOCK},
    "datetime.utcnow": set(),
    "uuid4": {IDS},
    "asyncio.sleep": {CLOCK},
    "time.sleep": set(),
    "AIOKafkaProducer": {RELAY},
    # in no group
    "AIOKafkaConsumer": {
        "shared/bus/hints.py",
        "deploy/operations/topic_scan.py",
        "deploy/operations/key_topics.py",
    },
}
EXEMPT = (
    "deploy/local/",
    "deploy/provision/",
    "deploy/simulators/",
    "deploy/demo/",
    "deploy/engine_check/",
)
"""Outside the system: the embedded stack and what it needs, the simulators, and what checks the
containers from outside. They act as the world does."""


def name_of(path: Path) -> str:
    """As the rules name it."""
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    """Everything in a file."""
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@cache
def calls(path: Path) -> tuple[tuple[str, int], ...]:
    """Every call by its dotted name, with its line."""
    found = (node for node in nodes(path) if isinstance(node, ast.Call))
    return tuple((ast.unparse(node.func), node.lineno) for node in found)


@pytest.mark.parametrize("called", sorted(PORTS))
def test_time_ids_and_kafka_go_through_their_ports(called: str) -> None:
    """No decision knows another clock; nothing is published outside the outbox."""
    wrong = [
        f"{name_of(path)}:{line}"
        for path in OURS
        if name_of(path) not in PORTS[called] and not name_of(path).startswith(EXEMPT)
        for name, line in calls(path)
        if name == called or name.endswith(f".{called}")
    ]
    assert not wrong


def test_no_advisory_lock_decides_anything() -> None:
    """Any role of the database could take it. Only migrations have one: nobody waits for them."""
    wrong = [
        name_of(path)
        for path in OURS
        if name_of(path) != MIGRATIONS and "pg_advisory" in path.read_text(encoding="utf-8")
    ]
    assert not wrong


def test_every_client_of_kafka_is_made_with_the_one_access() -> None:
    """A second way to it would come without a name, or in the clear."""
    told = [name_of(path) for path in OURS if "bootstrap_servers" in path.read_text("utf-8")]
    assert told == ["shared/bus/access.py"]


def test_no_sql_reads_a_clock_of_its_own() -> None:
    """``now()`` in a statement would be a second time in one transaction, that no test can turn."""
    clock = re.compile(r"\b(now|clock_timestamp|statement_timestamp)\(\)|\bCURRENT_TIMESTAMP\b")
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in OURS
        if name_of(path) != CLOCK and not name_of(path).startswith(EXEMPT)
        for node in nodes(path)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|DEFAULT)\b", node.value)
        and clock.search(node.value)
    ]
    assert not wrong


def test_there_is_one_subscriber_and_it_is_the_wrappers() -> None:
    """FastStream's own acknowledgement loses records: nothing may bypass `shared.bus.consume`."""
    wrong = [
        f"{name_of(path)}:{line} {name}"
        for path in OURS
        if name_of(path) != BUS
        for name, line in calls(path)
        if name.endswith((".subscriber", ".publisher"))
    ]
    assert not wrong
    handed = [name for name, _ in calls(ROOT / BUS) if name.endswith(".batch")]
    assert handed == ["reader.batch"]


def test_only_main_imports_app() -> None:
    """One readable composition root a service; nothing else knows the wiring."""
    wrong = [
        name_of(path)
        for path in OURS
        if path.name != "__main__.py"
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom)
        and node.module is not None
        and re.fullmatch(r"services\.\w+(\.app)?", node.module)
        and (node.module.endswith(".app") or any(each.name == "app" for each in node.names))
    ]
    assert not wrong


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_are_hashed_and_name_no_address(lock: str) -> None:
    """Every package by its hash, from wherever the machine's own registry is."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^[A-Za-z0-9_.\[\]-]+==\S+.*\\$", text, re.MULTILINE)
    assert len(pinned) > 50
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text
    assert "--index" not in text


LONG = {
    "services/audit/ledger/verify.py": "verifies without anything of ours: it is handed over alone"
}
"""Files past 300 lines that somebody has looked at again, each with why it is one."""


def test_files_stay_small() -> None:
    """Past 300 lines a file is looked at again, past 600 it has become two."""
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in OURS}
    assert {name for name, count in lines.items() if count > 300} == set(LONG)
    assert max(lines.values()) <= 600
