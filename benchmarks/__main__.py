"""``python -m benchmarks [NAME]``: runs one bench, or all of them."""

import argparse
import os
import sys

from benchmarks.audit import run as audit
from benchmarks.committee import run as committee
from benchmarks.console import run as console
from benchmarks.pipeline.plan import Plan
from benchmarks.pipeline.run import bench, lived, profiled
from deploy.demo.story.opening import run

BENCHES = {
    "pipeline": "what standing ready costs, incidents/s from topic to message queued, POST to "
    "gateway, and the floor",
    "console": "pages on a slow telephone, an act until another desk shows it, many desks at once",
    "audit": "events that become leaves, a proof among ten million, a country's year of figures",
    "committee": "the report over a country full of committees, and what their pages weigh",
}


def arguments(given: list[str]) -> argparse.Namespace:
    """From the command line and the environment."""
    usual = Plan()
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures how fast Tirek is, on a real Kafka and PostgreSQL of its own.",
        epilog="; ".join(f"{name}: {what}" for name, what in BENCHES.items()),
    )
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES), help="which (default: all)")
    sizes = {
        "--rounds": ("or BENCH_ROUNDS", os.environ.get("BENCH_ROUNDS") or usual.rounds),
        "--incidents": ("at full speed", usual.incidents),
        "--rate": ("reports a second", usual.rate),
        "--seconds": ("of reports", usual.seconds),
    }
    for name, (what, size) in sizes.items():
        parser.add_argument(name, type=whole_number, default=size, help=f"{what} (%(default)s)")
    part = parser.add_mutually_exclusive_group()
    part.add_argument(
        "--everyday", action="store_true", help="only what standing ready and few reports cost"
    )
    part.add_argument("--profile", action="store_true", help="only where the pipeline's time goes")
    return parser.parse_args(given)


def whole_number(text: str) -> int:
    """A whole number from 1."""
    size = int(text)
    if size < 1:
        raise ValueError(text)
    return size


def main() -> int:
    """Runs what is asked for; the exit status."""
    chosen = arguments(sys.argv[1:])
    plan = Plan(
        rounds=chosen.rounds,
        incidents=chosen.incidents,
        rate=chosen.rate,
        seconds=chosen.seconds,
        watched=chosen.profile,
    )
    part = chosen.profile or chosen.everyday
    measure = profiled if chosen.profile else lived if chosen.everyday else bench
    benches = {
        "pipeline": lambda: measure(plan),
        "console": console.bench,
        "committee": committee.bench,
        "audit": audit.bench,
    }
    wanted = [chosen.name] if chosen.name else ["pipeline"] if part else list(BENCHES)
    return max(run("bench", benches[name]) for name in wanted)


if __name__ == "__main__":
    sys.exit(main())
