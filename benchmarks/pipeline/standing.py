"""What standing ready costs: the figures of `everyday` for the record, and a table of processes.

Pure. A *row* is a process, or what PostgreSQL does for one role; whoever comes adds theirs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median

from benchmarks.figures import Json, spread
from benchmarks.machine import COMPILER

Rows = Mapping[str, float]
_NAME, _WIDE = 26, 12


def result(rounds: Sequence[Json]) -> Json:
    """Each figure of what `everyday` found round by round: the median with its spread."""
    found = [_figures(each) for each in rounds]
    return {name: spread([each[name] for each in found]) for name in found[0]}


def _figures(found: Json) -> dict[str, float]:
    sums = {name: _sum(rows) for name, rows in columns(found).items()}
    calm, sparse = found["calm"], found["sparse"]
    return {
        "idle_ms_s": sums["idle ms/s"],
        "mb": sums["MB"],
        "start_up_s": sums["start-up s"],
        "ms_at_2": sums["ms"],
        "statements_at_2": sums["statements"],
        "fsyncs_at_2": calm["wal_fsyncs_per_incident"],
        "requests_at_2": sums["requests"],
        "p50_at_2": calm["p50_ms"],
        "p99_at_2": calm["p99_ms"],
        "sparse_p50_ms": sparse["p50_ms"],
        "sparse_p99_ms": sparse["p99_ms"],
    }


def columns(found: Json) -> dict[str, Rows]:
    """What is known of each row; the last three are an incident's at two reports a second."""
    asked = found["asked"]
    return {
        "start-up s": found["start_up_s"],
        "MB": found["memory_mb"],
        "idle ms/s": found["idle"]["cpu_ms_per_s"],
        "ms": found["calm"]["cpu_ms_per_incident"],
        "statements": {f"postgres: {role}": often for role, often in asked["statements"].items()},
        "requests": {"kafka": sum(asked["requests"].values())},
    }


def _sum(rows: Rows) -> float:
    return sum(value for name, value in rows.items() if name != COMPILER)


def words(found: Mapping[str, Json]) -> str:
    """The figures as they stand in the last line; their order does not change."""
    places = {
        "idle_ms_s": 1,
        "mb": 0,
        "ms_at_2": 1,
        "statements_at_2": 1,
        "p50_at_2": 1,
        "p99_at_2": 1,
        "sparse_p99_ms": 1,
    }
    return " ".join(f"{name}={found[name]['median']:.{most}f}" for name, most in places.items())


def table(rounds: Sequence[Json]) -> Iterator[str]:
    """Lines for a person: medians by row, and what was asked and waited for."""
    found = {name: _medians(each[name] for each in map(columns, rounds)) for name in _NAMES}
    rows = sorted({row for column in found.values() for row in column})
    yield f"{'':{_NAME}}{'':{3 * _WIDE}}{'an incident at 2/s:':>{_WIDE + 8}}"
    yield f"{'a process':{_NAME}}" + "".join(f"{name:>{_WIDE}}" for name in found)
    for row in rows:
        yield _line(row, [column.get(row) for column in found.values()])
    yield _line("together, no compiler", [_sum(column) for column in found.values()])
    yield from _notes(rounds[-1])


_NAMES = ("start-up s", "MB", "idle ms/s", "ms", "statements", "requests")


def _medians(rounds: Iterable[Rows]) -> Rows:
    values: dict[str, list[float]] = {}
    for rows in rounds:
        for name, value in rows.items():
            values.setdefault(name, []).append(value)
    return {name: median(of) for name, of in values.items()}


def _line(name: str, cells: Sequence[float | None]) -> str:
    shown = ("" if cell is None else f"{cell:.2f}" for cell in cells)
    return f"{name:{_NAME}}" + "".join(f"{cell:>{_WIDE}}" for cell in shown)


def _notes(found: Json) -> Iterator[str]:
    calm, sparse = found["calm"], found["sparse"]
    requests = ", ".join(f"{kind} {often}" for kind, often in found["asked"]["requests"].items())
    yield f"Kafka requests an incident: {requests}"
    yield f"WAL fsyncs an incident: {calm['wal_fsyncs_per_incident']}"
    for name, of in (("2/s", calm), ("one by one", sparse)):
        ways = ", ".join(f"{stretch} {took}" for stretch, took in of["stretches_ms"].items())
        yield (
            f"{name}: {of['count']} reports, ms to the phone: p50 {of['p50_ms']}, "
            f"p99 {of['p99_ms']}, slowest {of['max_ms']}; median {ways}"
        )
    for name in ("sparse", "calm", "idle"):
        load, others = found[name]["load"], found[name]["cores_used_by_others"]
        yield f"{name}: load {load} at its end, others used {others} cores"
