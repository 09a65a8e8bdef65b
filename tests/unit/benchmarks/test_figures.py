"""What a bench makes of its measurements. How fast anything is stands in no test."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks import figures


def side(per_s: float, p50: float, p99: float, cost: float) -> dict[str, Any]:
    """One side of a round."""
    return {
        "throughput": {"per_s": per_s, "cpu_ms_per_incident": {"one": cost / 2, "other": cost / 2}},
        "latency": {"p50_ms": p50, "p99_ms": p99},
    }


ROUNDS = [
    {"floor": side(9000, 15, 30, 0.2), "pipeline": side(3000, 30, 90, 0.4)},
    {"floor": side(10000, 16, 25, 0.2), "pipeline": side(4000, 35, 99, 0.5)},
    {"floor": side(12000, 14, 26, 0.2), "pipeline": side(9999, 20, 95, 0.8)},
]


def test_medians_and_their_spread() -> None:
    """One round that went strangely moves no figure, and shows in the spread."""
    found = figures.result(ROUNDS)
    assert found["per_s"] == {"median": 4000, "lowest": 3000, "highest": 9999}
    assert found["floor_per_s"]["median"] == 10000
    assert found["ratio_to_floor"] == pytest.approx(0.4)
    assert found["ratio_round_by_round"]["lowest"] == pytest.approx(1 / 3, abs=0.0001)
    assert found["ratio_of_processor_time"]["median"] == pytest.approx(0.4)
    assert found["p99_ms"] == {"median": 95, "lowest": 90, "highest": 99}


def test_the_last_line_keeps_its_words() -> None:
    """Other programs read it."""
    line = figures.last_line(figures.result(ROUNDS))
    assert line == (
        "pipeline ratio_to_floor=0.40 per_s=4000 p50_ms=30.0 p99_ms=95.0"
        " floor_per_s=10000 floor_p50_ms=15.0"
    )


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_percentiles_by_nearest_rank(share: float, value: float) -> None:
    """A percentile is a value that was measured."""
    assert figures.percentile(range(100, 0, -1), share) == value


def test_latencies_in_milliseconds() -> None:
    """Seconds in, milliseconds out; nothing measured is no failure here."""
    found = figures.latencies([0.010, 0.020, 0.0304])
    tails = {"p90_ms": 30.4, "p95_ms": 30.4, "p99_ms": 30.4, "max_ms": 30.4}
    assert found == {"count": 3, "p50_ms": 20.0} | tails
    assert figures.latencies([])["count"] == 0


def test_a_file_a_day_and_commit(tmp_path: Path) -> None:
    """A run's file is named by day (UTC) and commit, and reads back as it was written."""
    at = datetime.fromisoformat("2026-12-01T03:00:00+06:00")
    path = figures.path_of(tmp_path / "results", at.astimezone(UTC), "abc1234")
    assert path.name == "2026-11-30-abc1234.json"
    figures.write(path, {"rounds": ROUNDS})
    assert json.loads(path.read_text()) == {"rounds": ROUNDS}
