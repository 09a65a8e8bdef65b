"""``python -m benchmarks [NAME]``: runs one bench, or all of them."""

import argparse
import os
import sys

from benchmarks.pipeline.plan import Plan
from benchmarks.pipeline.run import bench, profiled
from deploy.local.story.opening import run

BENCHES = {"pipeline": "incidents/s from topic to message queued, POST to gateway, and the floor"}


def arguments(given: list[str]) -> argparse.Namespace:
    """From the command line and the environment."""
    usual = Plan()
    parser = argparse.ArgumentParser(
        prog="make bench BENCH=NAME, or python -m benchmarks NAME",
        description="Measures how fast Tirek is, on a real Kafka and PostgreSQL of its own.",
        epilog="; ".join(f"{name}: {what}" for name, what in BENCHES.items()),
    )
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES), help="which (default: all)")
    rounds = int(os.environ.get("BENCH_ROUNDS", usual.rounds))
    parser.add_argument("--rounds", type=int, default=rounds, help="BENCH_ROUNDS (%(default)s)")
    parser.add_argument(
        "--incidents", type=int, default=usual.incidents, help="at full speed (%(default)s)"
    )
    parser.add_argument("--rate", type=int, default=usual.rate, help="reports/s (%(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=usual.seconds, help="of reports (%(default)s)"
    )
    parser.add_argument(
        "--profile", action="store_true", help="say where the pipeline's time goes, and no more"
    )
    return parser.parse_args(given)


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
    return run("bench", lambda: profiled(plan) if chosen.profile else bench(plan))


if __name__ == "__main__":
    sys.exit(main())
