"""What standing ready costs: rows into figures, a server's log into counts."""

from copy import deepcopy
from typing import Any

import pytest

from benchmarks.machine import COMPILER, Usage
from benchmarks.pipeline import questions, standing
from benchmarks.pipeline.everyday import ours

STRETCH = {"stretches_ms": {"posted to taken_in": 9.0}, "load": 0.5, "cores_used_by_others": 0.1}
WAY = {"count": 20, "p50_ms": 50.0, "p99_ms": 120.0, "max_ms": 121.0, **STRETCH}
FOUND: dict[str, Any] = {
    "start_up_s": {"intake.serve": 1.0, "intake.work": 1.5},
    "memory_mb": {"intake.serve": 60.0, "kafka": 150.0},
    "idle": {"cpu_ms_per_s": {"intake.serve": 4.0, "kafka": 13.0, COMPILER: 9.0}, **STRETCH},
    "calm": {
        "cpu_ms_per_incident": {"intake.serve": 20.0, "postgres: tirek_intake": 30.0},
        "wal_fsyncs_per_incident": 21.6,
        **WAY,
    },
    "sparse": {**WAY, "p99_ms": 266.0},
    "asked": {
        "incidents": 40,
        "statements": {"tirek_intake": 40.5, "tirek_notify": 92.0},
        "requests": {"FETCH": 9.5, "PRODUCE": 2.0},
    },
}


def test_figures_are_sums_of_rows_and_the_compiler_is_none_of_them() -> None:
    """Whatever a stack runs is in the sums; the round in the middle is what counts."""
    more = deepcopy(FOUND)
    more["memory_mb"]["console.serve"] = 64.0
    less = deepcopy(FOUND)
    less["memory_mb"]["kafka"] = 100.0
    found = standing.result([more, FOUND, less])
    assert found["mb"] == {"median": 210.0, "lowest": 160.0, "highest": 274.0}
    assert found["idle_ms_s"]["median"] == 17.0
    assert found["requests_at_2"]["median"] == 11.5
    assert standing.words(found) == (
        "idle_ms_s=17.0 mb=210 ms_at_2=50.0 statements_at_2=132.5"
        " p50_at_2=50.0 p99_at_2=120.0 sparse_p99_ms=266.0"
    )


def test_every_row_has_a_line() -> None:
    """A process that comes needs no word in the bench to be seen."""
    more = deepcopy(FOUND)
    more["idle"]["cpu_ms_per_s"]["console.serve"] = 2.25
    lines = list(standing.table([more]))
    (console,) = (line.split() for line in lines if line.startswith("console.serve"))
    assert console == ["console.serve", "2.25"]
    (database,) = (line.split() for line in lines if line.startswith("postgres: tirek_intake"))
    assert database[-2:] == ["30.00", "40.50"]


def test_the_benchs_own_rows_are_left_out() -> None:
    """The one who asks, the phones, and the superuser's own statements stand ready for nobody."""
    usage = Usage(
        2.0, {"generator": 1.0, "simulators": 1.0, "postgres: postgres": 1.0, "kafka": 0.5}
    )
    assert ours(usage.per_second()) == {"kafka": 250.0}


def test_statements_are_counted_by_who_asked() -> None:
    """A statement counts once however many lines it has; what the server says itself is none."""
    lines = [
        "asked by tirek_intake LOG:  statement: BEGIN;",
        "asked by tirek_intake LOG:  execute __asyncpg_stmt_5__: ",
        "\tSELECT 'asked by x LOG:  statement: y'",
        "asked by tirek_keys LOG:  execute <unnamed>: SELECT 1",
        "asked by postgres LOG:  statement: SELECT pg_reload_conf()",
        "asked by tirek_intake ERROR:  deadlock detected",
        "asked by  LOG:  received SIGHUP, reloading configuration files",
    ]
    assert questions.statements(lines) == {"tirek_intake": 2, "tirek_keys": 1}


@pytest.mark.parametrize(
    ("kind", "listener", "counted"),
    [
        ("FETCH", "CLIENTS", {"FETCH": 1}),
        ("BROKER_HEARTBEAT", "CONTROLLER", {}),
        ("INCREMENTAL_ALTER_CONFIGS", "CLIENTS", {}),
    ],
)
def test_requests_are_those_of_clients(kind: str, listener: str, counted: dict[str, int]) -> None:
    """Neither what the nodes ask each other nor the bench's own request to have them noted."""
    line = (
        '2026-11-30T07:35:52 DEBUG logger Completed request:{"requestHeader":{"requestApiKey":1,'
        f'"requestApiKeyName":"{kind}"}},"response":{{}},"listener":"{listener}"}}'
    )
    assert questions.requests([line, "WARN something else"]) == counted


def test_kafka_is_asked_to_note_requests_in_its_own_protocol() -> None:
    """IncrementalAlterConfigs 0 of one logger of broker 1; without a level its change is undone."""
    logger = b"\0\x14kafka.request.logger"
    head = b"\0\0\0\1\x08\0\x011" + b"\0\0\0\1"
    assert questions.alter_logger("DEBUG").encode() == head + logger + b"\0\0\x05DEBUG\0"
    assert questions.alter_logger(None).encode() == head + logger + b"\1\xff\xff\0"
