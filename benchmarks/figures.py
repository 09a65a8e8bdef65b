"""What becomes of measurements: medians, percentiles, the last line, the file of a run. Pure."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

Json = dict[str, Any]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of all do not exceed (nearest rank); 0 without values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def latencies(seconds: Sequence[float]) -> Json:
    """How many, median and tails, in milliseconds."""
    return {
        "count": len(seconds),
        "p50_ms": round(percentile(seconds, 0.50) * 1000, 1),
        "p90_ms": round(percentile(seconds, 0.90) * 1000, 1),
        "p95_ms": round(percentile(seconds, 0.95) * 1000, 1),
        "p99_ms": round(percentile(seconds, 0.99) * 1000, 1),
        "max_ms": round(max(seconds, default=0.0) * 1000, 1),
    }


def over_rounds(rounds: Sequence[Json], side: str, *path: str) -> list[float]:
    """One figure of one side, round by round."""
    found: list[float] = []
    for each in rounds:
        value: Any = each[side]
        for name in path:
            value = value[name]
        found.append(float(value))
    return found


def spread(values: Sequence[float]) -> Json:
    """Median, lowest and highest."""
    of = {"median": median(values), "lowest": min(values), "highest": max(values)}
    return {name: round(value, 4) for name, value in of.items()}


def result(rounds: Sequence[Json]) -> Json:
    """The medians of a run, each with its spread.

    ``ratio_to_floor`` is the quotient of the two medians; ``ratio_of_processor_time`` the same of
    what an incident costs, floor over pipeline: others on the machine hardly move it.
    """
    floor_rate = spread(over_rounds(rounds, "floor", "throughput", "per_s"))
    rate = spread(over_rounds(rounds, "pipeline", "throughput", "per_s"))
    ratios = [
        each["pipeline"]["throughput"]["per_s"] / each["floor"]["throughput"]["per_s"]
        for each in rounds
    ]
    costs = [
        sum(each["floor"]["throughput"]["cpu_ms_per_incident"].values())
        / sum(each["pipeline"]["throughput"]["cpu_ms_per_incident"].values())
        for each in rounds
    ]
    return {
        "ratio_to_floor": round(rate["median"] / floor_rate["median"], 4),
        "ratio_round_by_round": spread(ratios),
        "ratio_of_processor_time": spread(costs),
        "per_s": rate,
        "p50_ms": spread(over_rounds(rounds, "pipeline", "latency", "p50_ms")),
        "p99_ms": spread(over_rounds(rounds, "pipeline", "latency", "p99_ms")),
        "floor_per_s": floor_rate,
        "floor_p50_ms": spread(over_rounds(rounds, "floor", "latency", "p50_ms")),
        "floor_p99_ms": spread(over_rounds(rounds, "floor", "latency", "p99_ms")),
    }


def last_line(found: Mapping[str, Any]) -> str:
    """The line that other programs read; its words and their order do not change."""
    return (
        f"pipeline ratio_to_floor={found['ratio_to_floor']:.2f}"
        f" per_s={found['per_s']['median']:.0f}"
        f" p50_ms={found['p50_ms']['median']:.1f}"
        f" p99_ms={found['p99_ms']['median']:.1f}"
        f" floor_per_s={found['floor_per_s']['median']:.0f}"
        f" floor_p50_ms={found['floor_p50_ms']['median']:.1f}"
    )


def path_of(folder: Path, at: datetime, commit: str) -> Path:
    """Where the file of a run goes: one a day and commit, the newest stays."""
    return folder / f"{at.astimezone(UTC):%Y-%m-%d}-{commit}.json"


def write(path: Path, run: Json) -> None:
    """Writes a run's file, for people too: indented, keys as they come."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
