"""What the machine does while something is measured: whose processor time, who else's.

Names of the machine and paths on it go nowhere.
"""

import os
import platform
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from benchmarks.figures import Json

COMPILER = "kafka: compiler"
"""Java's, a row of its own: how much it works depends on how long the broker has been up."""
_BACKEND = re.compile(r"^postgres: (?P<who>\S+)( (?P<database>\S+) \S+\(\d+\))?")
_COMPILERS = ("C1 Compiler", "C2 Compiler")
_SYNCS = 100


@dataclass(slots=True)
class Usage:
    """Processor seconds between two moments. ``others``: of everything on the machine but us."""

    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    others: float = 0.0

    def per(self, incidents: int) -> dict[str, float]:
        """Milliseconds of processor time an incident, the most expensive first."""
        each = {name: round(used * 1000 / incidents, 3) for name, used in self.cpu.items()}
        return dict(sorted(each.items(), key=lambda pair: -pair[1]))

    def per_second(self) -> dict[str, float]:
        """Milliseconds of processor time a second."""
        return {name: round(used * 1000 / self.seconds, 2) for name, used in self.cpu.items()}

    @property
    def cores_of_others(self) -> float:
        """Cores that the rest of the machine used."""
        return round(self.others / self.seconds, 2)

    def to_json(self, incidents: int) -> Json:
        """As it stands in the file of a run."""
        return {
            "incidents": incidents,
            "cpu_ms_per_incident": self.per(incidents),
            "cores_used": round(sum(self.cpu.values()) / self.seconds, 2),
            "cores_used_by_others": self.cores_of_others,
        }


@contextmanager
def measured(pids: Mapping[str, int]) -> Iterator[Usage]:
    """The processor time of named processes, inside the block.

    PostgreSQL's is told apart by who it works for, Kafka's by whether Java compiles meanwhile.
    """
    usage, began = Usage(), time.monotonic()
    ours, busy = _ours(pids), _busy()
    yield usage
    usage.seconds = time.monotonic() - began
    spent: dict[str, float] = defaultdict(float)
    now = _ours(pids)
    for key, (name, used) in now.items():
        spent[name] += used - ours.get(key, (name, 0.0))[1]
    for key in ours.keys() - now.keys():  # backends that ended: all of their time is with the gone
        spent["postgres: itself"] -= ours[key][1]
    usage.cpu = dict(spent)
    usage.others = max(0.0, _busy() - busy - sum(spent.values()))


def _ours(pids: Mapping[str, int]) -> dict[str, tuple[str, float]]:
    """Name and processor seconds so far, by a key that stays the same."""
    found: dict[str, tuple[str, float]] = {}
    for name, pid in pids.items():
        process = psutil.Process(pid)
        times = process.cpu_times()
        compiled = _compiled(process) if name == "kafka" else 0.0
        found[f"{pid}"] = (name, times.user + times.system - compiled)
        if name == "kafka":
            found[f"{pid} compiler"] = (COMPILER, compiled)
        if name == "postgres":
            # of workers that came and went
            gone = times.children_user + times.children_system
            found[f"{pid} gone"] = ("postgres: itself", gone)
            found |= dict(_backends(process))
    return found


def _compiled(java: psutil.Process) -> float:
    """Processor seconds of the threads that compile; a thread is named for what it does."""
    threads = {f"/proc/{java.pid}/task/{each.id}/comm": each for each in java.threads()}
    return sum(
        each.user_time + each.system_time
        for path, each in threads.items()
        if Path(path).read_text().startswith(_COMPILERS)
    )


def _backends(server: psutil.Process) -> Iterator[tuple[str, tuple[str, float]]]:
    for child in server.children():
        try:
            times, title = child.cpu_times(), " ".join(child.cmdline())
        except psutil.NoSuchProcess:
            continue
        shown = _BACKEND.match(title)
        who = shown["who"] if shown and shown["database"] else "itself"
        yield f"{child.pid}", (f"postgres: {who}", times.user + times.system)


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def described(folder: Path) -> Json:
    """What was measured on: nothing that names the machine."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "fsync_ms": round(_sync(folder) * 1000, 2),
        "load": load(),
    }


def load() -> float:
    """Runnable processes, averaged over the last minute."""
    return round(os.getloadavg()[0], 2)


def _sync(folder: Path) -> float:
    """Seconds that writing and syncing one page takes there; the median of many."""
    taken: list[float] = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_SYNCS):
            began = time.perf_counter()
            file.write(bytes(8192))
            file.flush()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return median(taken)
