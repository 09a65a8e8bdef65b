"""One run: a Tirek with a country full of committees, its reports and the pages of committees."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import median

from benchmarks.committee.country import COMMITTEES, YEARS, lay
from benchmarks.console import weights
from benchmarks.console.run import LANGUAGE, visits
from benchmarks.console.weights import Load
from benchmarks.machine import load
from tests.console.conftest import CONSOLE
from tests.stack import scratch
from tests.support.browsing import chromium
from tests.support.desks import desks
from tests.support.pages import play
from tests.support.town import COORDINATOR, Town, town

PAGES = "/committee"
TIMES = 7
"""How often each report is made; once more before, uncounted."""
REPORTS = {
    "the country, a year": "",
    "the country, a quarter": "&quarter=4",
    "the country, by the day of entry": "&clock=entered",
    "the country, to be handed on": "&outside=true",
    "an oblast": "&area=41704",
    "a raion": "&area=41704245",
}


async def bench() -> int:
    """Measures, prints what a person wants to see, and the last line; the exit status."""
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {line}", flush=True)

    say("committee: starting a Tirek of its own")
    async with scratch(*CONSOLE, embedded=True) as stack, town(stack) as own:
        await stack.ensure("committee.serve", "committee.work")
        year = datetime.now(UTC).year
        rows = await lay(stack, year)
        say(f"committee: {COMMITTEES} committees, {YEARS} years, {rows} rows")
        taken = {name: await _report(own, year, asked) for name, asked in REPORTS.items()}
        for name, ms in taken.items():
            print(f"{name:40}{ms:8.0f} ms", flush=True)
        async with desks(stack) as seats, chromium() as browser:
            played = await play(own, seats)
            pages = await visits(own, seats, played, PAGES)
            say(f"committee: {len(pages)} pages, each for the first time on a slow telephone")
            loads = await weights.first_loads(browser, seats, pages, LANGUAGE)
    for each in sorted(loads, key=lambda one: -one.octets):
        print(f"{each.path:40}{each.octets / 1024:8.1f} KB")
    print(f"machine: load {load()} at the end")
    print(last_line(taken, loads), flush=True)
    return 0


async def _report(own: Town, year: int, asked: str) -> float:
    """Milliseconds from the question to the whole answer: the median."""
    path, taken = f"/report?year={year}{asked}", []
    # the first finds nothing in the database's memory, and may be told to come again
    await own.call(COORDINATOR, "committee", "GET", path)
    for _ in range(TIMES):
        began = time.monotonic()
        await own.ask(COORDINATOR, "committee", "GET", path)
        taken.append(time.monotonic() - began)
    return median(taken) * 1000


def last_line(taken: Mapping[str, float], loads: Sequence[Load]) -> str:
    """The line that other programs read."""
    worst = max((each.octets / 1024 for each in loads), default=0.0)
    return f"committee report_ms={max(taken.values()):.0f} worst_kb={worst:.1f}"
