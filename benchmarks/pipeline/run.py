"""One run: rounds of floor and pipeline on one broker and database, medians, the last line."""

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg

from benchmarks import figures, machine
from benchmarks.figures import Json
from benchmarks.pipeline import floor, ours, profile, reports, standing
from benchmarks.pipeline.everyday import everyday
from benchmarks.pipeline.plan import Plan
from deploy.local.kafka_identity import identify
from deploy.local.stack import ROOT, Stack
from deploy.local.variant import Variant
from deploy.provision.state_lock import StateLock
from deploy.topology import HOST
from shared.settings import Environment

STATE = ROOT / ".tirek" / "bench"
WATCHED = STATE / "watched"
RESULTS = ROOT / "benchmarks" / "results"


class Progress:
    """Says how far a run is, with the seconds since it began."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, line: str) -> None:
        """One line for a person."""
        print(f"{time.monotonic() - self._began:5.0f} s  {line}", flush=True)


async def bench(plan: Plan) -> int:
    """Measures, writes the file, prints the last line; the exit status."""
    say, at = Progress(), datetime.now(UTC)
    run: Json = {
        "bench": "pipeline",
        "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "commit": commit(),
        "changed_since": changed(),
        "plan": plan.to_json(),
        "rounds": [],
    }
    for number in range(1, plan.rounds + 1):
        say(f"round {number} of {plan.rounds}: starting a fresh broker and database")
        async with _stack(say) as stack:
            if number == 1:
                run["machine"] = machine.described(stack.state) | await _versions(stack)
            run["rounds"].append(await _round(stack, plan, say, floor_first=number % 2 == 1))
        run["result"] = _result(run["rounds"])
        say(_last_line(run["result"]))
    run["machine"]["load_at_end"] = machine.load()
    _summary(run)
    path = figures.path_of(RESULTS, at, run["commit"])
    figures.write(path, run)
    print(f"written to {path.relative_to(ROOT)}")
    print(_last_line(run["result"]), flush=True)
    return 0


async def lived(plan: Plan) -> int:
    """What people have, alone; prints the table and its part of the last line, writes no file."""
    say, rounds = Progress(), []
    for number in range(1, plan.rounds + 1):
        say(f"round {number} of {plan.rounds}: starting a fresh broker and database")
        async with _stack(say) as stack, ours.prepared(stack, plan, say) as high:
            await high.load()
            rounds.append(await everyday(high))
    print(*standing.table(rounds), sep="\n")
    print(f"pipeline {standing.words(standing.result(rounds))}", flush=True)
    return 0


async def profiled(plan: Plan) -> int:
    """Both parts of the pipeline once, watched from inside; prints where the time goes."""
    say = Progress()
    async with _stack(say, watched=plan.watched) as stack:
        async with ours.prepared(stack, plan, say) as high:
            await high.load()
            slow = await reports.latency(high)
            await high.only()
            lines = list(profile.report(WATCHED, slow))
            fast = await high.throughput()
            await high.only()  # what they saw, they write when they end
            lines += profile.report(WATCHED, fast)
        print(*lines, sep="\n")
    return 0


@asynccontextmanager
async def _stack(say: Progress, *, watched: bool = False) -> AsyncIterator[Stack]:
    """A broker and a database from nothing. Their folder stays only if something failed."""
    await asyncio.to_thread(_empty)
    directory = {"TIREK_DIRECTORY": str(ours.write_directory(STATE))}
    extra = {name: directory for name in ours.OURS if name.startswith("referral.")}
    extra["console.serve"] = ours.BEHIND_A_PROXY
    try:
        async with Stack(
            STATE,
            ports="free",
            env=Environment.PROD,
            parts=("topics", "provision"),
            report=say,
            variant=Variant(extra=extra, before=_before() if watched else {}),
        ) as stack:
            yield stack
    except Exception:
        say(f"failed; the logs are in {STATE / 'logs'}")
        raise
    except BaseException:  # Ctrl-C: nobody looks at logs
        shutil.rmtree(STATE, ignore_errors=True)
        raise
    shutil.rmtree(STATE, ignore_errors=True)


def _before() -> dict[str, tuple[str, ...]]:
    """What watches each service."""
    WATCHED.mkdir()
    return {
        name: (sys.executable, "-m", "benchmarks.pipeline.sampled", str(WATCHED / f"{name}.json"))
        for name in ours.OURS
    }


def _empty() -> None:
    lock = StateLock(STATE)
    lock.acquire()
    try:
        for path in STATE.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()
    finally:
        lock.release()


async def _round(stack: Stack, plan: Plan, say: Progress, *, floor_first: bool) -> Json:
    """What people have, and then both sides once. Who is not measured is not running."""
    found: Json = {"floor_first": floor_first}
    async with ours.prepared(stack, plan, say) as high:
        await high.load()
        lived_with = await everyday(high)
        await high.only()
        async with floor.prepared(stack, plan, say) as low:
            say("warming the broker with a pass of the floor that does not count")
            await low.throughput()
            if floor_first:
                found["floor"] = await _of_floor(low)
            found["pipeline"] = {"everyday": lived_with, **await _of_pipeline(high)}
            if not floor_first:
                found["floor"] = await _of_floor(low)
    return found


async def _of_floor(low: floor.Floor) -> Json:
    slow, fast = await low.latency(), await low.throughput()
    low.say(f"floor: p50 {slow['p50_ms']} ms, p99 {slow['p99_ms']} ms")
    return {"latency": slow, "throughput": fast, "durability": await low.durability()}


async def _of_pipeline(high: ours.Pipeline) -> Json:
    await high.start(*ours.SERVICES)
    slow = await reports.latency(high)
    high.say(f"pipeline: p50 {slow['p50_ms']} ms, p99 {slow['p99_ms']} ms")
    if slow["posts_refused"]:
        high.say(f"pipeline: {slow['posts_refused']} posts were refused and repeated")
    ways = ", ".join(f"{name} {took}" for name, took in slow["stretches_ms"].items())
    high.say(f"pipeline: median ms {ways}")
    fast = await high.throughput()
    memory = {name: round(used / 2**20, 1) for name, used in sorted(high.memory.items())}
    await high.only()
    return {
        "latency": slow,
        "throughput": fast,
        "memory_mb": memory,
        "durability": await high.durability(),
    }


async def _versions(stack: Stack) -> Json:
    broker = await identify(HOST, stack.port("kafka"))
    database = await asyncpg.connect(stack.superuser())
    try:
        version = await database.fetchval("SHOW server_version")
    finally:
        await database.close()
    return {"kafka": str(broker.release), "postgresql": str(version)}


def _result(rounds: Sequence[Json]) -> Json:
    return figures.result(rounds) | {"everyday": standing.result(_everyday(rounds))}


def _last_line(found: Json) -> str:
    """The line that other programs read: what it had stays, and more comes behind."""
    return f"{figures.last_line(found)} {standing.words(found['everyday'])}"


def _everyday(rounds: Sequence[Json]) -> list[Json]:
    return [each["pipeline"]["everyday"] for each in rounds]


def commit() -> str:
    """The commit that is measured, shortened."""
    return _git("rev-parse", "--short", "HEAD") or "unknown"


def changed() -> bool:
    """Whether anything that runs differs from that commit."""
    return bool(_git("status", "--porcelain", "--", "services", "shared", "deploy", "benchmarks"))


def _git(*arguments: str) -> str:
    argv = ("git", "-C", str(ROOT), *arguments)
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - constant words
    except (OSError, subprocess.CalledProcessError):
        return ""


def _summary(run: Json) -> None:
    """What a person wants to see of it."""
    last = run["rounds"][-1]
    for side in ("floor", "pipeline"):
        in_force = ", ".join(f"{name} {value}" for name, value in last[side]["durability"].items())
        print(f"{side} durability: {in_force}")
    memory = last["pipeline"]["memory_mb"].items()
    print("memory, MB: " + ", ".join(f"{name} {used:.0f}" for name, used in memory))
    for side in ("floor", "pipeline"):
        fast = last[side]["throughput"]
        spent = ", ".join(f"{who} {ms}" for who, ms in fast["cpu_ms_per_incident"].items() if ms)
        print(f"{side} processor time, ms an incident: {spent}")
    print(*standing.table(_everyday(run["rounds"])), sep="\n")
    used = [
        each[side]["throughput"]["cores_used_by_others"]
        for each in run["rounds"]
        for side in ("floor", "pipeline")
    ]
    print(
        f"machine: {run['machine']['cores']} cores, load {run['machine']['load']} at the start and "
        f"{run['machine']['load_at_end']} at the end; others used up to {max(used)} cores meanwhile"
    )
    found = run["result"]
    for name in ("per_s", "p50_ms", "p99_ms", "floor_per_s", "floor_p50_ms", "floor_p99_ms"):
        each = found[name]
        print(f"{name}: {each['median']} ({each['lowest']} to {each['highest']})")
    for name, each in found["everyday"].items():
        print(f"{name}: {each['median']} ({each['lowest']} to {each['highest']})")
