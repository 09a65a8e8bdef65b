"""One run: events become leaves, leaves are proven, a year is reported, an export is verified."""

import asyncio
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from benchmarks.audit.away import caught_up
from benchmarks.audit.year import OFFERS, REQUESTS, YEAR, change, lay
from benchmarks.machine import load
from deploy.local.stack import ROOT, Stack
from tests.stack import scratch
from tests.support.audit_attacked import Attacked, attacked
from tests.support.large_tree import LEAVES, proof

VERIFIER = ROOT / "services" / "audit" / "ledger" / "verify.py"
EVENTS, AT_ONCE = 10_000, 500
"""Said before the ledger is verified; so many come in a transaction, as from the bus."""
PROOFS, TIMES = 5_000, 20
TOO_LONG = 503
REPORTS = {
    "her acceptance, by place": {"clock": "her-acceptance", "by": "place"},
    "a decision, by month": {"clock": "decision", "by": "month"},
    "a decision, by service, in working hours": {
        "clock": "decision",
        "by": "service",
        "working": "true",
    },
}


async def bench() -> int:
    """Measures, prints what a person wants to see, and the last line; the exit status."""
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {line}", flush=True)

    say("audit: starting a database of its own")
    with TemporaryDirectory() as folder:
        async with (
            scratch("audit.migrate", embedded=True) as stack,
            attacked(stack, Path(folder)) as own,
        ):
            append = await _appended(own)
            say(f"audit: {EVENTS} events are leaves: {append:.0f} a second")
            verify = await _verified(own, Path(folder))
            say(f"audit: an export of them is verified in {verify:.1f} s")
            await lay(stack)
            say(f"audit: {REQUESTS} service requests, {REQUESTS * OFFERS} offers")
            taken = {}
            for name, asked in REPORTS.items():
                first, taken[name] = await _report(own, stack, asked)
                print(f"{name:45}{taken[name]:6.0f} ms (p99), {first:5.0f} the first", flush=True)
    say("audit: starting another Tirek, to be without audit for a while")
    waiting, catch_up = await caught_up()
    print(f"{waiting} events on the bus when audit comes back; load {load()}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: {peak:.0f} MB at most, with what measures; load {load()} at the end")
    print(f"catch_up_10k_s={catch_up:.1f}")
    print(last_line(append, _proof(), taken, verify), flush=True)
    return 0


async def _appended(own: Attacked) -> float:
    """Events a second, from what the bus hands over to a leaf in the tree."""
    producer = await own.ledger.producer()
    said = [producer.say() for _ in range(EVENTS)]
    began = time.perf_counter()
    for first in range(0, EVENTS, AT_ONCE):
        await own.ledger.hear_at_once(said[first : first + AT_ONCE])
    return EVENTS / (time.perf_counter() - began)


async def _verified(own: Attacked, folder: Path) -> float:
    """Seconds of the offline verifier over an export, in a process of its own."""
    await own.signed()
    export = await own.export(folder / "export")
    key = str(own.ledger.deps.signing.verifier)
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, VERIFIER, "--key", key, export)
    if await process.wait():
        raise RuntimeError("the export does not verify")
    return time.perf_counter() - began


async def _report(own: Attacked, stack: Stack, asked: Mapping[str, str]) -> tuple[float, float]:
    """Milliseconds from the question to the whole answer, or until the service gave up, which is as
    bad: the first time, when the process may have no copy of the facts, and at the 99th percentile
    of those after, between which facts change, as in a country that works."""
    path, taken = f"/figures?{urlencode({'period': str(YEAR), **asked})}", []
    for _ in range(1 + TIMES):
        await change(stack)
        began = time.perf_counter()
        answer = await own.ledger.get(path)
        if answer.status_code not in (200, TOO_LONG):
            raise RuntimeError(answer.text)
        taken.append((time.perf_counter() - began) * 1000)
    return taken[0], sorted(taken[1:])[TIMES * 99 // 100]


def _proof() -> float:
    """Microseconds of one proof among ten million leaves."""
    random = Random(1)
    wanted = [random.randrange(LEAVES) for _ in range(PROOFS)]
    began = time.perf_counter()
    for index in wanted:
        proof(index)
    return (time.perf_counter() - began) / PROOFS * 1e6


def last_line(append: float, proven: float, taken: Mapping[str, float], verify: float) -> str:
    """The line that other programs read."""
    return (
        f"audit append_per_s={append:.0f} proof_us={proven:.0f} "
        f"report_p99_ms={max(taken.values()):.0f} verify_10k_s={verify:.1f}"
    )
