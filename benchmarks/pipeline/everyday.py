"""What people have: a stack that stands ready, two reports a second on a bad day, long pauses.

Four stretches, one after another: reports one by one, reports at `CALM_RATE`, nothing at all, and
`CALM_RATE` again while both servers note what they are asked. They are over before the first timer
of what was reported, of five minutes, is due.
"""

import asyncio
import random
from collections.abc import Mapping

from benchmarks.figures import Json
from benchmarks.machine import Usage, load, measured
from benchmarks.pipeline.feed import steadily
from benchmarks.pipeline.ours import SERVICES, Pipeline
from benchmarks.pipeline.plan import CALM_RATE
from benchmarks.pipeline.questions import noted
from benchmarks.pipeline.reports import Reports
from deploy.topology import SIMULATORS, SUPERUSER

SETTLES = 5.0
"""Seconds from the last report until a stack counts as idle."""
PAUSES = (5.0, 10.0)
"""Seconds before a sparse report, from and to."""
OUTSIDE = frozenset({"generator", SIMULATORS.name, f"postgres: {SUPERUSER}"})
"""Rows that are the bench's own and no part of what stands ready."""
_SYNCED = "SELECT sum(fsyncs)::bigint FROM pg_stat_io WHERE object = 'wal'"


async def everyday(pipeline: Pipeline) -> Json:
    """All of it, as it stands in the file of a run. The services are up and loaded."""
    await _at_calm_rate(Reports.of(pipeline), pipeline.plan.warm_seconds)
    sparse = await _sparse(pipeline)
    calm = await _calm(pipeline)
    idle = await _idle(pipeline)
    memory = {name: round(used / 2**20, 1) for name, used in pipeline.stack.memory().items()}
    return {
        "start_up_s": {name: round(took, 2) for name, took in pipeline.start_up.items()},
        "memory_mb": ours(memory),
        "idle": idle,
        "calm": calm,
        "sparse": sparse,
        "asked": await _asked(pipeline),
    }


def ours(rows: Mapping[str, float]) -> dict[str, float]:
    """The rows of what people have to run."""
    return {name: value for name, value in rows.items() if name not in OUTSIDE}


async def _calm(pipeline: Pipeline) -> Json:
    plan, reports = pipeline.plan, Reports.of(pipeline)
    pipeline.say(f"everyday: {CALM_RATE} reports/s for {plan.calm_seconds} s")
    synced = await pipeline.superuser.fetchval(_SYNCED)
    with measured(pipeline.pids(*SERVICES)) as usage:
        await _at_calm_rate(reports, plan.calm_seconds)
    incidents = len(reports.began)
    synced = await pipeline.superuser.fetchval(_SYNCED) - synced
    return {
        **await reports.found(),
        "cpu_ms_per_incident": ours(usage.per(incidents)),
        "wal_fsyncs_per_incident": round(synced / incidents, 2),
        **_meanwhile(usage),
    }


async def _at_calm_rate(reports: Reports, seconds: int) -> None:
    async with reports.told():
        await steadily(reports.post, rate=CALM_RATE, seconds=seconds)


async def _idle(pipeline: Pipeline) -> Json:
    pipeline.say(f"everyday: no report for {pipeline.plan.idle_seconds} s")
    await asyncio.sleep(SETTLES)
    with measured(pipeline.pids(*SERVICES)) as usage:
        await asyncio.sleep(pipeline.plan.idle_seconds)
    return {"cpu_ms_per_s": ours(usage.per_second()), **_meanwhile(usage)}


async def _sparse(pipeline: Pipeline) -> Json:
    plan, reports = pipeline.plan, Reports.of(pipeline)
    pipeline.say(f"everyday: {plan.sparse} reports, {PAUSES[0]:.0f} to {PAUSES[1]:.0f} s apart")
    pauses = random.Random(plan.sparse)  # the same each time
    with measured(pipeline.pids(*SERVICES)) as usage:
        async with reports.told():
            for number in range(plan.sparse):
                await asyncio.sleep(pauses.uniform(*PAUSES))
                await reports.post(number)
    return {**await reports.found(), **_meanwhile(usage)}


async def _asked(pipeline: Pipeline) -> Json:
    seconds = pipeline.plan.counted_seconds
    pipeline.say(f"everyday: {CALM_RATE} reports/s for {seconds} s, statements and requests noted")
    reports = Reports.of(pipeline)
    async with noted(pipeline.stack) as questions:
        await _at_calm_rate(reports, seconds)
    return questions.to_json(len(reports.began))


def _meanwhile(usage: Usage) -> Json:
    return {
        "seconds": round(usage.seconds, 1),
        "cores_used_by_others": usage.cores_of_others,
        "load": load(),
    }
