"""``python -m tests.campaign``: the campaign, or some rounds of it, and the report at the end."""

import argparse
import asyncio
import shutil
import signal
import sys
from pathlib import Path

from tests.campaign.faults import FAULTS
from tests.campaign.report import write
from tests.campaign.runner import campaign, run, say

USUAL = 10_500
"""Incidents in all; 10,000 are asked for, and not every machine can make every fault."""


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name for name in text.split(",") if name)
    if unknown := sorted(set(names) - FAULTS.keys()):
        raise argparse.ArgumentTypeError(f"no such fault: {', '.join(unknown)}; see --list")
    return names


def main() -> int:
    """Exit code 0 when everything held, 1 when something did not."""
    parser = argparse.ArgumentParser(prog="make campaign", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=_names, default=(), help="faults, with commas between")
    parser.add_argument("--incidents", type=int, default=USUAL, help="in all rounds together")
    parser.add_argument("--at-once", type=int, default=1, help="rounds side by side")
    parser.add_argument("--fresh", action="store_true", help="play again what is done already")
    parser.add_argument("--list", action="store_true", help="show the table of faults")
    parser.add_argument("--report", type=Path, help="where the report goes")
    chosen = parser.parse_args()
    if chosen.list:
        for fault in FAULTS.values():
            say(f"{fault.name:28} {fault.sentence}")
        return 0
    plan = campaign(chosen.seed, chosen.incidents, chosen.only)
    if chosen.fresh:
        shutil.rmtree(plan.folder, ignore_errors=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the round in hand ends with us
    results = asyncio.run(run(plan, at_once=chosen.at_once))
    say(f"report: {write(plan, results, chosen.report)}")
    return 0 if all(each.held for each in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
