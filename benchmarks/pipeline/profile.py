"""Where the time goes: reports at a steady rate and incidents at full speed, watched from inside.

Three tables: processor time an incident by process; statements an incident by service, and which;
and of each service's own processor time the parts it goes to, and the functions of ours.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Json
from deploy.local.stack import ROOT

_SHOWN = 40
_WIDE = 78
_PACKAGES = "site-packages/"


@dataclass(frozen=True, slots=True)
class Watched:
    """What `sampled` wrote of one process. Stacks are innermost first, with how often seen."""

    stacks: list[tuple[list[str], int]]
    statements: dict[str, tuple[int, float]]

    @classmethod
    def read(cls, path: Path) -> "Watched":
        """From its file."""
        kept = json.loads(path.read_text(encoding="utf-8"))
        stacks = [(list(stack), int(count)) for stack, count in kept["stacks"]]
        said = {
            text: (int(count), float(took)) for text, (count, took) in kept["statements"].items()
        }
        return cls(stacks, said)

    @property
    def total(self) -> int:
        """Samples in all."""
        return sum(count for _, count in self.stacks)

    def innermost(self, name: Callable[[str], str]) -> Counter[str]:
        """Samples by where the code itself was."""
        found: Counter[str] = Counter()
        for stack, count in self.stacks:
            found[name(stack[0])] += count
        return found

    def within(self) -> Counter[str]:
        """Samples by each function of ours that was at work, itself or through what it called."""
        found: Counter[str] = Counter()
        for stack, count in self.stacks:
            for each in {function(frame) for frame in stack if _ours(frame)}:
                found[each] += count
        return found


def _ours(frame: str) -> bool:
    return _PACKAGES not in frame and frame.startswith((f"{ROOT}/services", f"{ROOT}/shared"))


def part(frame: str) -> str:
    """The library a function belongs to; ours by file."""
    file = frame.rpartition(":")[0]
    if _ours(frame):
        return Path(file).relative_to(ROOT).as_posix()
    if _PACKAGES in file:
        return file.split(_PACKAGES)[1].split("/")[0]
    name = Path(file)
    return f"python: {name.parent.name if name.stem == '__init__' else name.stem}"


def function(frame: str) -> str:
    """File and name, as short as can be told apart."""
    file, _, name = frame.rpartition(":")
    if _ours(frame):
        return f"{Path(file).relative_to(ROOT).as_posix()} {name}"
    return f"{part(frame)} {Path(file).name} {name}"


def report(folder: Path, measured: Json) -> Iterator[str]:
    """The tables of what was measured, line by line; takes the files that `sampled` wrote."""
    pace = f"{measured['per_s']:.0f} incidents/s" if "per_s" in measured else "a steady rate"
    yield ""
    yield f"=== processor time, ms an incident, at {pace}"
    for name, used in measured["cpu_ms_per_incident"].items():
        yield f"  {used:8.3f}  {name}"
    for path in sorted(folder.glob("*.json")):
        watched, cost = Watched.read(path), measured["cpu_ms_per_incident"][path.stem]
        yield from _statements(path.stem, watched, measured["incidents"])
        yield from _times(path.stem, watched, cost)
        path.unlink()


def _statements(name: str, watched: Watched, incidents: int) -> Iterator[str]:
    count = sum(count for count, _ in watched.statements.values())
    took = sum(took for _, took in watched.statements.values())
    yield ""
    yield (
        f"{name}: {count / incidents:.2f} statements an incident, "
        f"{took * 1000 / incidents:.3f} ms waited for them"
    )
    yield "  count/1000   ms each  ms/incident  statement"
    ordered = sorted(watched.statements.items(), key=lambda pair: -pair[1][1])
    for text, (often, long) in ordered[:_SHOWN]:
        yield (
            f"  {often * 1000 / incidents:10.1f}  {long * 1000 / often:8.2f}"
            f"  {long * 1000 / incidents:11.4f}  {text[:_WIDE]}"
        )


def _times(name: str, watched: Watched, cost: float) -> Iterator[str]:
    tables = {
        "by part, itself": watched.innermost(part),
        "by function, itself": watched.innermost(function),
        "by function of ours, with all it calls": watched.within(),
    }
    for title, found in tables.items():
        yield ""
        yield f"{name}: {cost:.3f} ms an incident {title} ({watched.total} samples)"
        for what, count in found.most_common(_SHOWN):
            share = count / max(watched.total, 1)
            yield f"  {share:6.1%}  {share * cost:7.4f} ms  {what}"
