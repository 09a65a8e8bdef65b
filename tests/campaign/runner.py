"""Plays rounds one after another, each in a process of its own; what is done is not done again."""

import asyncio
import math
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local.stack import ROOT
from tests.campaign.faults import FAULTS
from tests.campaign.machine import missing
from tests.campaign.result import Result
from tests.campaign.scene import Fault

FOLDER = ROOT / ".tirek" / "campaign"
SLACK = 90.0
"""Seconds beyond a round's own limit after which its process is ended from outside."""
RESULT = "result.json"
ENDED = "ended with code"
IN_A_NAMESPACE = ("unshare", "--net")


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is played: ``folder`` keeps each round's result under the fault's name."""

    commit: str
    seed: int
    incidents: int
    faults: tuple[Fault, ...]
    folder: Path

    def share(self, fault: Fault) -> int:
        """How many incidents a round of this fault reports; none without a stack.

        As many as in a campaign of all faults: chosen alone, it is the same round.
        """
        if fault.alone is not None:
            return 0
        whole = sum(each.incidents for each in FAULTS.values() if each.alone is None)
        return max(1, math.ceil(self.incidents * fault.incidents / whole))

    def done(self) -> dict[str, Result]:
        """The rounds that were played already, by fault."""
        paths = {each.name: self.folder / each.name / RESULT for each in self.faults}
        return {name: Result.read(path) for name, path in paths.items() if path.exists()}

    def not_here(self) -> dict[str, str]:
        """Faults that this machine cannot make, each with the reason."""
        found = {each.name: missing(each.needs) for each in self.faults}
        return {name: "; ".join(reasons) for name, reasons in found.items() if reasons}


def campaign(seed: int, incidents: int, only: tuple[str, ...]) -> Campaign:
    """All faults, or those named; raises `KeyError` for a name that is none."""
    chosen = tuple(FAULTS[name] for name in only) if only else tuple(FAULTS.values())
    commit = revision()
    return Campaign(commit, seed, incidents, chosen, FOLDER / f"{commit}-{seed}-{incidents}")


def revision() -> str:
    """The commit that is attacked; ``+`` when the tree differs from it."""
    head = _git("rev-parse", "--short=10", "HEAD") or "unknown"
    changed = _git("status", "--porcelain", "--", "services", "shared", "deploy", "tests")
    return head + ("+" if changed else "")


def _git(*arguments: str) -> str:
    argv = ("git", "-C", str(ROOT), *arguments)
    return subprocess.run(argv, check=False, capture_output=True, text=True).stdout.strip()


async def run(plan: Campaign, *, at_once: int = 1) -> dict[str, Result]:
    """Plays what is not done yet; every result, in the order of the table."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    results = plan.done()
    gate = asyncio.Semaphore(at_once)
    absent = plan.not_here()

    async def one(fault: Fault) -> None:
        async with gate:
            say(f"{fault.name:28} …  {fault.sentence}")
            before = revision()
            result = replace(await _round(plan, fault, at_once), commit=before)
            if not result.error.startswith(ENDED):  # that is no round: a resumed campaign plays it
                result.write(plan.folder / fault.name / RESULT)
            results[fault.name] = result
            say(line(result))

    todo = [each for each in plan.faults if each.name not in results and each.name not in absent]
    for name, why in absent.items():
        say(f"{name:28} not tested: {why}")
    await asyncio.gather(*(one(fault) for fault in todo))
    return {each.name: results[each.name] for each in plan.faults if each.name in results}


async def _round(plan: Campaign, fault: Fault, at_once: int) -> Result:
    folder = plan.folder / fault.name
    shutil.rmtree(folder, ignore_errors=True)  # a round that was cut off left a ledger
    folder.mkdir()
    incidents = plan.share(fault)
    argv = (
        *(IN_A_NAMESPACE if "netns" in fault.needs else ()),
        *(sys.executable, "-m", "tests.campaign.round", f"--fault={fault.name}"),
        *(f"--seed={plan.seed}", f"--incidents={incidents}", f"--folder={folder}"),
        f"--at-once={at_once}",
    )
    with (folder / "round.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, stdout=log, stderr=log)
        try:
            async with asyncio.timeout(fault.within + SLACK):
                await process.wait()
        except TimeoutError:
            process.kill()  # its stack is on a leash, and dies with it
            await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            raise
    path = folder / RESULT
    if path.exists():
        return Result.read(path)
    return Result(fault.name, plan.seed, incidents, error=f"{ENDED} {process.returncode}")


def say(text: str) -> None:
    """One line for whoever watches."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def line(result: Result) -> str:
    """A round in one line."""
    counts = " ".join(f"{name}={count}" for name, count in result.counts.items())
    how = "held" if result.held else "BROKEN: " + "; ".join([*result.broken, result.error])
    return (
        f"{result.fault:28} {result.seconds:4.0f} s  N={result.taken} made={result.made} {counts} "
        f"S={result.repeats}({result.unmarked}) late={result.late.get('p99', '–')}/"
        f"{result.late_after_jump.get('p99', '–')} "
        f"T={result.normal}  {how}"
    )
